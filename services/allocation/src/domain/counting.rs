//! As how many cases the open files of a family count (M-054 to M-058).

use baton_ids::{CaseId, ChildId, TeamId};
use baton_protocol::allocation::CountedAs;
use baton_protocol::{Facts, Pack};

use super::case::Case;

/// The open file of a child. Every child who is served has one, from the placement to the closing, whatever plan begins or
/// ends meanwhile; a child who is not served has none (M-055, M-058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The child.
    pub child: ChildId,
    /// The case.
    pub case: CaseId,
    /// The responsible team.
    pub team: TeamId,
    /// By which rule of the protocol it is counted; none where nothing is said.
    pub counted_as: Option<String>,
    /// Whether it is one case together with the other such files of the family.
    pub with_family: bool,
    /// The rules.
    pub rules: Vec<String>,
}

impl File {
    /// The file of an open case, as the protocol counts it on these facts.
    pub fn of(case: &Case, facts: &Facts, pack: &Pack) -> Self {
        let counting = pack.counting(facts);
        let cites = counting.iter().flat_map(|counting| &counting.cites);
        Self {
            child: case.child,
            case: case.id,
            team: case.team.clone(),
            counted_as: counting.map(|counting| counting.count.clone()),
            with_family: counting.is_some_and(|counting| counting.counts_as == CountedAs::Family),
            rules: cites.map(ToString::to_string).collect(),
        }
    }
}

/// As how many cases the files of one family count: each that counts by itself, and one for all the others together.
pub fn counted(files: &[File]) -> usize {
    let alone = files.iter().filter(|file| !file.with_family).count();
    alone + usize::from(files.iter().any(|file| file.with_family))
}
