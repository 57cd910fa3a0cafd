//! What goes wrong on a simulated day, and how often. Every seed has its own menu: some have no
//! fault at all, some only one, most have many at once.

use crate::random::Random;

/// Everything that can be on the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A request never arrives.
    Drop,
    /// A request arrives twice.
    Duplicate,
    /// A request or an answer is under way for up to half an hour, and overtaken.
    Delay,
    /// The server commits, and its answer is lost.
    LostReply,
    /// An answer is taken in twice, or after its time.
    LateAnswer,
    /// A location is cut off, in one direction or in both.
    Partition,
    /// The server is busy.
    Busy,
    /// The server dies before or after a commit.
    ServerCrash,
    /// A tablet's program dies at any of its writes.
    TabletCrash,
    /// A tablet's power is cut at any of its writes; what was not synced may be torn.
    PowerCut,
    /// A tablet's clock is wrong, jumps, or stands still.
    WrongClock,
    /// Orders are cancelled.
    Cancel,
    /// Two tablets speak with one identity.
    Clone,
    /// A command of a release that the server does not know.
    UnknownVersion,
    /// A tablet is paired again while it has unsent work.
    PairAgain,
    /// The feed is trimmed so far that tablets start over.
    Trim,
    /// A tablet is out of reach for longer than a lease.
    LongAbsence,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 17] = [
        Self::Drop,
        Self::Duplicate,
        Self::Delay,
        Self::LostReply,
        Self::LateAnswer,
        Self::Partition,
        Self::Busy,
        Self::ServerCrash,
        Self::TabletCrash,
        Self::PowerCut,
        Self::WrongClock,
        Self::Cancel,
        Self::Clone,
        Self::UnknownVersion,
        Self::PairAgain,
        Self::Trim,
        Self::LongAbsence,
    ];

    /// How often it strikes where it is on the menu, in a thousand occasions; the rarer ones have few
    /// occasions a day.
    const fn most(self) -> i64 {
        match self {
            Self::Drop | Self::Busy => 150,
            Self::Duplicate | Self::LostReply | Self::LateAnswer => 250,
            Self::Delay => 80,
            Self::Cancel => 500,
            Self::Clone | Self::LongAbsence => 1_000,
            Self::ServerCrash => 30,
            _ => 300,
        }
    }

    /// Changes so much that it is only on few menus.
    const fn is_rare(self) -> bool {
        matches!(self, Self::Clone | Self::LongAbsence)
    }
}

/// The menu of one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    per_mille: Vec<(Fault, u32)>,
}

impl Faults {
    /// What the seed says.
    pub fn of(random: &mut Random) -> Self {
        let on: Vec<Fault> = match random.below(10) {
            0 => Vec::new(),
            1..=3 => random.pick(&Fault::ALL).copied().into_iter().collect(),
            _ => Fault::ALL
                .into_iter()
                .filter(|fault| random.chance(if fault.is_rare() { 60 } else { 500 }))
                .collect(),
        };
        let strength = |fault: Fault, random: &mut Random| {
            let most = fault.most();
            (fault, u32::try_from(random.between(most / 5, most)).expect("not negative"))
        };
        Self { per_mille: on.into_iter().map(|fault| strength(fault, random)).collect() }
    }

    /// Whether it strikes now. Draws nothing for a fault that is not on the menu.
    pub fn strikes(&self, fault: Fault, random: &mut Random) -> bool {
        let found = self.per_mille.iter().find(|(known, _)| *known == fault);
        found.is_some_and(|(_, per_mille)| random.chance(*per_mille))
    }

    /// Whether it is on the menu.
    pub fn has(&self, fault: Fault) -> bool {
        self.per_mille.iter().any(|(known, _)| *known == fault)
    }

    /// Nothing goes wrong any more.
    pub fn heal(&mut self) {
        self.per_mille.clear();
    }
}
