from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

_OnClass = ParamSpec("_OnClass")
_OnInstance = ParamSpec("_OnInstance")
_Result = TypeVar("_Result")
_Sandbox = TypeVar("_Sandbox")

class ClassOrInstance(Generic[_OnClass, _OnInstance, _Result]):
    def __init__(
        self,
        on_class: Callable[_OnClass, _Result],
        on_instance: Callable[Concatenate[Any, _OnInstance], _Result],
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: type) -> Callable[_OnClass, _Result]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Callable[_OnInstance, _Result]: ...

class Connect(Generic[_OnClass, _OnInstance]):
    def __init__(
        self,
        on_class: Callable[_OnClass, object],
        on_instance: Callable[Concatenate[Any, _OnInstance], object],
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: type[_Sandbox]) -> Callable[_OnClass, _Sandbox]: ...
    @overload
    def __get__(
        self, instance: _Sandbox, owner: type[_Sandbox]
    ) -> Callable[_OnInstance, _Sandbox]: ...

class AsyncConnect(Generic[_OnClass, _OnInstance]):
    def __init__(
        self,
        on_class: Callable[_OnClass, object],
        on_instance: Callable[Concatenate[Any, _OnInstance], object],
    ) -> None: ...
    @overload
    def __get__(
        self, instance: None, owner: type[_Sandbox]
    ) -> Callable[_OnClass, Coroutine[Any, Any, _Sandbox]]: ...
    @overload
    def __get__(
        self, instance: _Sandbox, owner: type[_Sandbox]
    ) -> Callable[_OnInstance, Coroutine[Any, Any, _Sandbox]]: ...

class Create(Generic[_OnClass]):
    def __init__(self, method: Callable[_OnClass, object]) -> None: ...
    def __get__(self, instance: object, owner: type[_Sandbox]) -> Callable[_OnClass, _Sandbox]: ...

class AsyncCreate(Generic[_OnClass]):
    def __init__(self, method: Callable[_OnClass, object]) -> None: ...
    def __get__(
        self, instance: object, owner: type[_Sandbox]
    ) -> Callable[_OnClass, Coroutine[Any, Any, _Sandbox]]: ...
