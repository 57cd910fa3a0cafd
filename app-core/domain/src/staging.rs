//! Staging slots: which to propose for a package. Capacity and temperature zones come later.

use crate::ids::SlotId;

/// The slot to propose: the one the order's other packages are in, else the first of the location's
/// slots that nothing waits in, else none.
#[must_use]
pub fn propose_slot<'a>(
    slots: &'a [SlotId],
    taken: &[SlotId],
    of_this_order: Option<&'a SlotId>,
) -> Option<&'a SlotId> {
    of_this_order.or_else(|| slots.iter().find(|slot| !taken.contains(slot)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_one_order_wait_together() {
        let slots: Vec<_> = ["A1", "A2"].iter().map(|s| SlotId::new(*s).expect("valid")).collect();
        assert_eq!(propose_slot(&slots, &slots[..1], None), Some(&slots[1]));
        assert_eq!(propose_slot(&slots, &slots, Some(&slots[0])), Some(&slots[0]));
        assert_eq!(propose_slot(&slots, &slots, None), None);
    }
}
