//! A list that only grows and that nobody locks.

use std::{iter::successors, sync::OnceLock};

/// A list that only grows.
///
/// What lives as long as the process stands in one: a lock could be held by another thread at the
/// moment of a fork, and would then stay locked in the child for ever. Reading this takes none.
#[derive(Debug)]
pub(crate) struct Chain<T> {
    first: OnceLock<Box<Link<T>>>,
}

#[derive(Debug)]
struct Link<T> {
    value: T,
    next: OnceLock<Box<Self>>,
}

impl<T> Chain<T> {
    pub(crate) const fn new() -> Self {
        Self {
            first: OnceLock::new(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let first = self.first.get();
        successors(first, |link| link.next.get()).map(|link| &link.value)
    }

    /// Appends a value, behind whatever others append at the same time.
    pub(crate) fn push(&self, value: T) {
        let mut link = Box::new(Link {
            value,
            next: OnceLock::new(),
        });
        let mut end = &self.first;
        while let Err(refused) = end.set(link) {
            link = refused;
            end = &end.get().expect("set was refused because it is set").next;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::Chain;

    #[test]
    fn keeps_all_values_of_all_threads() {
        let chain = Chain::new();
        thread::scope(|scope| {
            for thread in 0..4 {
                let chain = &chain;
                scope.spawn(move || (0..100).for_each(|number| chain.push(thread * 100 + number)));
            }
        });
        let mut values: Vec<_> = chain.iter().copied().collect();
        values.sort_unstable();
        assert_eq!(values, (0..400).collect::<Vec<_>>());
    }

    #[test]
    fn keeps_the_order_of_one_thread() {
        let chain = Chain::new();
        (0..5).for_each(|number| chain.push(number));
        assert!(chain.iter().copied().eq(0..5));
    }
}
