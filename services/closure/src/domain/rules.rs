//! What the rules of a closure are decided by.

use baton_calendar::{Anchor, Calendar};
use baton_protocol::transfer::Weight;
use baton_protocol::{Anchors, Facts, Moment, Pack, Party, Place, Role, RuleId, WeighedRule};
use jiff::Timestamp;

use super::closure::{Due, DueState};

/// The moment the limit of a closure is met.
const MET_BY_DECISION: &str = "decided";

/// The ground that stands for every ground of its own that a person gives.
const PROPOSED: &str = "proposed";

/// What stands in the reasons for what holds where the protocol is silent.
const SILENCE: &str = "silence";

/// An authority's pack with the days it counts in.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The working days.
    pub calendar: &'a Calendar,
}

/// Who proposes and who decides on a ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Says {
    /// Any one of these may propose.
    pub proposed_by: Vec<Party>,
    /// Who decides.
    pub decided_by: Party,
    /// Whether the one who proposed may not decide.
    pub four_eyes: bool,
    /// The rules.
    pub rules: Vec<String>,
}

impl Rules<'_> {
    /// What the pack says of a ground, or of any that is proposed, or else [`where_silent`].
    pub fn on(&self, ground: &str) -> Says {
        let closure = &self.pack.closure;
        match closure.ground(ground).or_else(|| closure.ground(PROPOSED)) {
            Some(said) => Says {
                proposed_by: said.proposed_by.clone(),
                decided_by: said.decided_by,
                four_eyes: said.four_eyes,
                rules: said.cites.iter().map(ToString::to_string).collect(),
            },
            None => where_silent(),
        }
    }

    /// Every ground that could say who proposes and who decides on this one, in the order in which they are tried.
    pub fn weigh(&self, ground: &str) -> Vec<WeighedRule> {
        let closure = &self.pack.closure;
        let of_its_own = closure.ground(ground).is_some();
        let mut weighed: Vec<WeighedRule> = closure
            .grounds
            .iter()
            .map(|known| {
                let weight = match known.ground.as_str() {
                    name if name == ground => Weight::Won,
                    PROPOSED if of_its_own => Weight::Outranked,
                    PROPOSED => Weight::Won,
                    _ => Weight::OtherTrigger,
                };
                WeighedRule {
                    weight,
                    leads_to: known.decided_by.to_string(),
                    ..WeighedRule::won(&known.ground, &known.cites)
                }
            })
            .collect();
        // Whatever is said of the ground itself is tried before what is said of every proposal.
        weighed.sort_by_key(|rule| rule.name == PROPOSED && ground != PROPOSED);
        let silent = weighed.iter().all(|rule| rule.weight != Weight::Won);
        let default = where_silent();
        let cites: Vec<RuleId> = default
            .rules
            .iter()
            .filter_map(|rule| rule.parse().ok())
            .collect();
        weighed.push(WeighedRule {
            weight: if silent {
                Weight::Won
            } else {
                Weight::Outranked
            },
            leads_to: default.decided_by.to_string(),
            ..WeighedRule::won(SILENCE, &cites)
        });
        weighed
    }

    /// By when a closure that is considered since then is decided. None where the protocol sets no limit.
    pub fn decided_by(&self, considered_at: Timestamp) -> Option<Due> {
        let clock = self
            .pack
            .closure
            .clocks
            .iter()
            .find(|clock| clock.met_by == MET_BY_DECISION)?;
        let anchors = Anchors::new()
            .on(Moment::Considered, Anchor::Instant(considered_at))
            .on(Moment::Opened, Anchor::Instant(considered_at));
        let due = clock
            .due
            .due(&anchors, &Facts::new(), self.calendar, self.pack.plain_days)?;
        Some(Due {
            from: Some(due.from),
            on: due.on,
            breached_at: due.breached_at,
            rules: clock.cites.iter().map(ToString::to_string).collect(),
            skipped: due
                .skipped
                .into_iter()
                .map(|day| (day.date, day.why.to_string()))
                .collect(),
            state: DueState::Open,
        })
    }
}

/// Where the protocol is silent a worker of the responsible team proposes and its manager decides (W-022, W-104), two
/// different people.
fn where_silent() -> Says {
    let of_team = |role| Party {
        role,
        place: Place::Responsible,
    };
    Says {
        proposed_by: vec![of_team(Role::SOCIAL_WORKER), of_team(Role::TEAM_MANAGER)],
        decided_by: of_team(Role::TEAM_MANAGER),
        four_eyes: true,
        rules: vec!["W-022".to_owned(), "W-104".to_owned(), "X-17".to_owned()],
    }
}
