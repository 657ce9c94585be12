from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

OnClass = ParamSpec("OnClass")
OnInstance = ParamSpec("OnInstance")
Result = TypeVar("Result")
Sandbox = TypeVar("Sandbox")

class ClassOrInstance(Generic[OnClass, OnInstance, Result]):
    def __init__(
        self,
        on_class: Callable[OnClass, Result],
        on_instance: Callable[Concatenate[Any, OnInstance], Result],
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: type) -> Callable[OnClass, Result]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Callable[OnInstance, Result]: ...

class Connect(Generic[OnClass, OnInstance]):
    def __init__(
        self,
        on_class: Callable[OnClass, object],
        on_instance: Callable[Concatenate[Any, OnInstance], object],
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: type[Sandbox]) -> Callable[OnClass, Sandbox]: ...
    @overload
    def __get__(self, instance: Sandbox, owner: type[Sandbox]) -> Callable[OnInstance, Sandbox]: ...

class AsyncConnect(Generic[OnClass, OnInstance]):
    def __init__(
        self,
        on_class: Callable[OnClass, object],
        on_instance: Callable[Concatenate[Any, OnInstance], object],
    ) -> None: ...
    @overload
    def __get__(
        self, instance: None, owner: type[Sandbox]
    ) -> Callable[OnClass, Coroutine[Any, Any, Sandbox]]: ...
    @overload
    def __get__(
        self, instance: Sandbox, owner: type[Sandbox]
    ) -> Callable[OnInstance, Coroutine[Any, Any, Sandbox]]: ...
