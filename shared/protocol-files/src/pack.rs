//! Makes one authority's pack from its folder and the base below it.

use std::sync::Arc;

use baton_ids::AuthorityId;
use baton_protocol::allocation::AllocationRules;
use baton_protocol::closure::ClosureRules;
use baton_protocol::front_door::FrontDoorRules;
use baton_protocol::notification::NotificationRules;
use baton_protocol::transfer::TransferRules;
use baton_protocol::{Pack, PackDigest};
use sha2::{Digest, Sha256};

use crate::check;
use crate::problem::Problem;
use crate::raw::{self, AuthorityFile, Findings};
use crate::register::Register;
use crate::sections::Sections;
use crate::source::{File, Folder};

/// What came of making a pack.
pub(crate) struct Made {
    /// The pack; none when something could not be read.
    pub pack: Option<Pack>,
    /// What could not be read: without it the pack would lack rules.
    pub unread: Vec<Problem>,
    /// What was read and must not be so.
    pub unsound: Vec<Problem>,
}

/// Makes the pack; adds to `problems` and gives `None` when something is wrong.
pub(crate) fn make(
    folder: &Folder,
    base: Option<&Folder>,
    register: &Register,
    problems: &mut Vec<Problem>,
) -> Option<Pack> {
    let mut made = read_and_check(folder, base, register);
    let is_sound = made.unread.is_empty() && made.unsound.is_empty();
    problems.append(&mut made.unread);
    problems.append(&mut made.unsound);
    made.pack.filter(|_| is_sound)
}

/// Makes the pack if it can be read, and says everything that is wrong with it.
pub(crate) fn read_and_check(folder: &Folder, base: Option<&Folder>, register: &Register) -> Made {
    let mut findings = Findings::default();
    let Some((head, own)) = read(folder, &mut findings) else {
        return Made {
            pack: None,
            unread: findings.problems,
            unsound: vec![],
        };
    };
    let mut sections = own;
    if let Some(base) = base
        && let Some((base_head, mut base)) = read(base, &mut findings)
    {
        base.settle(base_head.enforcement.default);
        sections.put_under(base);
    }
    sections.settle(head.enforcement.default);

    let mut unsound = Vec::new();
    check::citations(folder, register, &head.rules, &mut unsound);
    check::names(&sections, &findings.unread, &mut unsound);
    check::routes(&sections, &mut unsound);
    check::items(&sections, &head.ladder, &mut unsound);
    check::clocks(&sections, &mut unsound);
    check::front_door(&sections, &mut unsound);
    check::holds(&sections, &head.ladder, &mut unsound);
    check::review(&sections, &head.ladder, &mut unsound);
    check::contacts(&sections, &head.ladder, &mut unsound);
    let mut unread = findings.problems;
    let authority_file = folder.files.first();
    let at_head = |message| authority_file.map(|file| file.problem(1, message));
    if head.authority != folder.name {
        unread.extend(at_head(format!(
            "`authority: {}` stands in the folder `{}`",
            head.authority, folder.name
        )));
    }
    let authority = AuthorityId::new(&head.authority)
        .map_err(|error| unread.extend(at_head(error.to_string())))
        .ok()
        .filter(|_| unread.is_empty());
    Made {
        pack: authority.map(|authority| assemble(authority, head, sections, digest(base, folder))),
        unread,
        unsound,
    }
}

fn read(folder: &Folder, findings: &mut Findings) -> Option<(AuthorityFile, Sections)> {
    let head: AuthorityFile = raw::read(folder.files.first()?, &mut findings.problems)?;
    let files: Vec<Arc<File>> = folder.files[1..]
        .iter()
        .map(|file| {
            Arc::new(raw::with_settings(
                file,
                &head.settings,
                &mut findings.problems,
            ))
        })
        .collect();
    let sections = Sections::read(&files, findings);
    Some((head, sections))
}

fn assemble(
    authority: AuthorityId,
    head: AuthorityFile,
    sections: Sections,
    digest: PackDigest,
) -> Pack {
    fn values<T>(entries: Vec<raw::Located<T>>) -> Vec<T> {
        entries.into_iter().map(|entry| entry.value).collect()
    }
    Pack {
        authority,
        title: head.title,
        digest,
        effective_from: head.effective_from,
        enforcement: head.enforcement,
        plain_days: head.plain_days,
        settings: head.settings,
        ladder: head.ladder,
        labels: head.labels,
        front_door: FrontDoorRules {
            contact_routes: values(sections.contact_routes),
            referral_routes: values(sections.referral_routes),
            open_case: sections.open_case.map(|entry| entry.value),
            outcomes: values(sections.contact_outcomes),
            decided_by: sections.decided_by.map(|entry| entry.value),
            elsewhere: sections.elsewhere.map(|entry| entry.value),
            rotas: values(sections.rotas),
            clocks: values(sections.front_door_clocks),
            kinds: values(sections.contact_kinds),
            steps: values(sections.contact_steps),
            decision_asks: values(sections.decision_asks),
            duties: values(sections.contact_duties),
            guidance: values(sections.guidance),
            enquiries: values(sections.enquiries),
            tray: sections.tray.map(|entry| entry.value),
            single_gateway: sections.single_gateway.map(|entry| entry.value),
        },
        allocation: AllocationRules {
            allocated_means: sections.allocated_means.map(|entry| entry.value),
            hard_stops: values(sections.hard_stops),
            counting: values(sections.counting),
            leave_unallocated: sections.leave_unallocated.map(|entry| entry.value),
            named_by: sections.named_by.map(|entry| entry.value),
            next_worker_joins: sections.next_worker_joins.map(|entry| entry.value),
            clocks: values(sections.allocation_clocks),
        },
        transfer: TransferRules {
            // One that the authority's own list leaves out is none of its routes (W-006).
            routes: values(sections.routes)
                .into_iter()
                .filter(baton_protocol::transfer::Route::is_listed)
                .collect(),
            gate: values(sections.gate),
            meetings: values(sections.meetings),
            clocks: values(sections.clocks),
            tells: values(sections.tells),
            authorities: values(sections.authorities),
            actions: sections.actions.map(|entry| entry.value),
            undecided: sections.undecided.map(|entry| entry.value),
            duties: values(sections.duties),
            deferral: sections.deferral.map(|entry| entry.value),
            disputes: values(sections.disputes),
            suspension: sections.suspension.map(|entry| entry.value),
            policy_review: sections.policy_review.map(|entry| entry.value),
            schedules: values(sections.schedules),
            stays: values(sections.stays),
            references: values(sections.references),
            fewest_moves: sections.fewest_moves.map(|entry| entry.value),
        },
        closure: ClosureRules {
            grounds: values(sections.grounds),
            clocks: values(sections.closure_clocks),
        },
        notification: NotificationRules {
            kinds: values(sections.kinds),
            exceptions: values(sections.exceptions),
        },
    }
}

/// SHA-256 over the names, lengths and texts of all files, the base first.
pub(crate) fn digest(base: Option<&Folder>, folder: &Folder) -> PackDigest {
    let mut hash = Sha256::new();
    for file in base
        .into_iter()
        .chain([folder])
        .flat_map(|folder| &folder.files)
    {
        hash.update(file.name());
        hash.update(file.text.len().to_be_bytes());
        hash.update(&file.text);
    }
    PackDigest::new(hex::encode(hash.finalize()))
}
