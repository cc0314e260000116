use crate::problem::Problem;
use crate::source::Folder;
use crate::{embedded, raw};

mod review;
mod words;

/// The embedded files with one text of one file replaced, and what the loader says about them.
fn with(authority: &str, file: &str, from: &str, to: &str) -> Vec<String> {
    let mut folders = embedded::folders();
    replace(&mut folders, authority, file, from, to);
    problems(&folders)
}

fn replace(folders: &mut [Folder], authority: &str, file: &str, from: &str, to: &str) {
    let folder = folders
        .iter_mut()
        .find(|folder| folder.name == authority)
        .unwrap();
    let file = folder
        .files
        .iter_mut()
        .find(|known| known.name() == file)
        .unwrap();
    assert!(
        file.text.contains(from),
        "the file no longer holds `{from}`"
    );
    file.text = file.text.replacen(from, to, 1);
}

fn problems(folders: &[Folder]) -> Vec<String> {
    let problems = super::library(folders).map_or_else(|error| error.problems, |_| Vec::new());
    problems.iter().map(shown).collect()
}

/// `wirral/transfer.yaml:12: …`
fn shown(problem: &Problem) -> String {
    let mut parts: Vec<_> = problem
        .file
        .iter()
        .rev()
        .take(2)
        .map(|part| part.to_string_lossy())
        .collect();
    parts.reverse();
    format!("{}:{}: {}", parts.join("/"), problem.line, problem.message)
}

/// The line of a text in an embedded file, after it was changed.
fn line(authority: &str, file: &str, text: &str) -> usize {
    let folders = embedded::folders();
    let folder = folders
        .iter()
        .find(|folder| folder.name == authority)
        .unwrap();
    let file = folder
        .files
        .iter()
        .find(|known| known.name() == file)
        .unwrap();
    file.text
        .lines()
        .position(|line| line.contains(text))
        .unwrap()
        + 1
}

/// One change, one problem: at the line of the text that was there, with these words.
fn one_problem(authority: &str, file: &str, from: &str, to: &str, words: &str) {
    let found = with(authority, file, from, to);
    let at = format!(
        "{authority}/{file}:{}: ",
        line(authority, file, from.lines().next().unwrap())
    );

    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&at), "expected {at}, got {found:#?}");
    assert!(found[0].contains(words), "expected `{words}` in {found:#?}");
}

#[test]
fn the_files_that_ship_are_without_a_problem() {
    assert_eq!(problems(&embedded::folders()), Vec::<String>::new());
}

#[test]
fn an_item_that_nobody_can_sign_is_refused() {
    let request = "    evidence: [transfer_request]\n    completed_by: social_worker of outgoing\n";
    let found = with("wirral", "transfer.yaml", request, "");
    let off_the_ladder = with(
        "wirral",
        "transfer.yaml",
        request,
        "    completed_by: head_of_service of authority\n",
    );

    assert!(
        found[0].contains("nobody can sign `transfer_request`"),
        "{found:#?}"
    );
    assert!(
        off_the_ladder[0].contains("head_of_service is on no rung"),
        "{off_the_ladder:#?}"
    );
}

#[test]
fn a_letter_of_the_front_door_goes_only_by_a_medium_of_its_kind() {
    for (authority, rule, media, other, notice, by) in [
        (
            "wirral",
            "W-024",
            "letter",
            "email",
            "contact_recorded_to_child",
            "letter",
        ),
        (
            "shropshire",
            "S-013",
            "email",
            "task",
            "new_contact_on_open_case",
            "email",
        ),
        (
            "shropshire",
            "S-117",
            "task, email",
            "email",
            "contact_on_disabled_child",
            "task",
        ),
    ] {
        let goes = |media: &str| format!("cites: [{rule}], media: [{media}]");
        let found = with(authority, "notification.yaml", &goes(media), &goes(other));
        let message = format!("notification.yaml does not send `{notice}` by {by}");
        assert!(!found.is_empty(), "{notice}");
        assert!(
            found.iter().all(|problem| problem.contains(&message)),
            "{found:#?}"
        );
    }
}

#[test]
fn two_routes_that_can_both_match_need_an_order() {
    let found = with(
        "camden",
        "transfer.yaml",
        "    opens_on: [conference_scheduled, conference_postponed, conference_held]",
        "    opens_on: [conference_scheduled, conference_postponed, conference_held]\n  - { route: twin, title: t, cites: [C-018], order: 10, from: [family_support_and_protection], stays: true, opens_on: [conference_held] }",
    );

    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].contains("`twin` and `stays_with_family_intervention` can both match"),
        "{found:#?}"
    );
}

#[test]
fn a_route_that_is_never_reached_is_refused() {
    let shadowed = "    opens_on: [conference_scheduled, conference_postponed, conference_held]\n  - { route: late, title: t, cites: [C-018], order: 90, from: [family_support_and_protection], stays: true, opens_on: [conference_held] }";
    let opens = "    opens_on: [conference_scheduled, conference_postponed, conference_held]";
    let never = format!(
        "{opens}\n    when: facts.looked_after && !facts.looked_after\n    undecided: pass"
    );

    let dead = [
        with("camden", "transfer.yaml", opens, shadowed),
        with("camden", "transfer.yaml", opens, &never),
    ];

    assert!(dead[0][0].contains("`late` is dead"), "{dead:#?}");
    assert!(
        dead[1][0].contains("`stays_with_family_intervention` is dead"),
        "{dead:#?}"
    );
}

#[test]
fn a_choice_has_to_say_what_happens_while_it_is_undecided() {
    let opens = "    opens_on: [conference_scheduled, conference_postponed, conference_held]";
    let found = with(
        "camden",
        "transfer.yaml",
        opens,
        &format!("{opens}\n    when: facts.looked_after"),
    );
    let unsafe_branch = with("wirral", "transfer.yaml", "        safe: true\n", "");
    let point = with(
        "lancashire",
        "transfer.yaml",
        "          if_unknown: true\n",
        "",
    );

    assert!(found[0].contains("undecided: ask|take|pass"), "{found:#?}");
    assert!(
        unsafe_branch[0].contains("mark exactly one branch `safe: true`"),
        "{unsafe_branch:#?}"
    );
    assert!(point[0].contains("if_unknown: true|false"), "{point:#?}");
}

#[test]
fn a_citation_that_is_not_in_the_register_is_named() {
    one_problem(
        "wirral",
        "transfer.yaml",
        "    cites: [W-053, K-41]",
        "    cites: [W-953, K-41]",
        "`W-953` is not in register.yaml, nor among the `rules` of authority.yaml",
    );
}

#[test]
fn a_name_that_nothing_gives_and_a_name_that_nothing_uses_are_both_named() {
    let found = with(
        "wirral",
        "transfer.yaml",
        "      - conference_report\n",
        "      - request\n",
    );

    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("there is no item `request`"));
    assert!(found[1].contains("item `conference_report` belongs to no route"));
}

#[test]
fn a_notice_that_begins_with_an_item_names_one_that_is_there() {
    let item = "    item: transfer_request\n";
    let none = with("wirral", "transfer.yaml", item, "");
    let unknown = with("wirral", "transfer.yaml", item, "    item: request\n");
    let idle = with(
        "wirral",
        "transfer.yaml",
        "    on: item_met\n",
        "    on: opened\n",
    );

    assert!(none[0].contains("`item_met` of which item?"), "{none:#?}");
    assert!(unknown[0].contains("there is no item `request`"));
    assert!(idle[0].contains("`item` goes with `on: item_met` only"));
}

#[test]
fn a_notice_that_is_told_anew_with_another_day_is_due_from_a_fact() {
    let again = "    again_on: [due_moved] ";
    let due = "    due: before meeting:initial_cin or facts.initial_cin_meeting_booked_for";
    let of_meeting = with(
        "wirral",
        "transfer.yaml",
        due,
        "    due: before meeting:initial_cin",
    );
    let at_first = with(
        "wirral",
        "transfer.yaml",
        &format!("    on: opened\n{again}"),
        "    on: due_moved ",
    );

    assert!(
        of_meeting[0].contains("`due_moved` needs `due` with a day that is a fact"),
        "{of_meeting:#?}"
    );
    assert!(
        at_first[0].contains("write `due_moved` into `again_on`"),
        "{at_first:#?}"
    );
}

#[test]
fn a_rule_cannot_rest_on_a_setting_that_is_not_regulated() {
    let value = "    value: 2 weeks\n";
    let found = with("wirral", "authority.yaml", value, "    value: null\n");

    assert!(
        found
            .iter()
            .any(|problem| problem.starts_with("wirral/transfer.yaml:")
                && problem.contains("`tray.worker_within` is not regulated")),
        "{found:#?}"
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut folders = embedded::folders();
    replace(
        &mut folders,
        "wirral",
        "transfer.yaml",
        "    from: [assessment]",
        "    from: [nowhere]",
    );
    replace(
        &mut folders,
        "wirral",
        "transfer.yaml",
        "remind: [3 working days]",
        "remind: [soon]",
    );
    replace(
        &mut folders,
        "shropshire",
        "front-door.yaml",
        "    order: 10",
        "    order: ten",
    );
    replace(
        &mut folders,
        "merton",
        "transfer.yaml",
        "completed_by: team_manager of receiving",
        "completed_by: the team manager",
    );

    let found = problems(&folders);

    for start in [
        "wirral/transfer.yaml:",
        "shropshire/front-door.yaml:",
        "merton/transfer.yaml:",
    ] {
        assert!(
            found.iter().any(|problem| problem.starts_with(start)),
            "{start} is missing in {found:#?}"
        );
    }
    assert!(
        found
            .iter()
            .any(|problem| problem.contains("`soon` is not a duration")),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|problem| problem.contains("`nowhere` is not a known team kind")),
        "{found:#?}"
    );
}

#[test]
fn a_folder_of_files_loads_like_the_embedded_ones_and_one_file_is_checked_alone() {
    let folder = tempfile::tempdir().unwrap();
    for authority in embedded::folders() {
        let path = folder.path().join(&authority.name);
        std::fs::create_dir(&path).unwrap();
        for file in &authority.files {
            std::fs::write(path.join(file.name()), &file.text).unwrap();
        }
    }
    let transfer = folder.path().join("wirral/transfer.yaml");

    let library = crate::Library::load_dir(folder.path()).unwrap();
    assert_eq!(library.authorities().count(), 5);
    assert_eq!(crate::check_file(&transfer), []);

    let text = std::fs::read_to_string(&transfer).unwrap();
    std::fs::write(&transfer, text.replace("undecided: pass", "undecided: put")).unwrap();

    let found = crate::check_file(&transfer);
    assert_eq!(found[0].file, transfer);
    assert!(
        found[0].message.contains("unknown variant `put`"),
        "{found:#?}"
    );
}

#[test]
fn criteria_that_nothing_or_anything_would_meet_are_refused() {
    for (file, from, to, words) in [
        (
            "authority.yaml",
            "tf.criteria: { value: 2,",
            "tf.criteria: { value: 4,",
            "`at_least` has to be from 1 to 3",
        ),
        (
            "transfer.yaml",
            "only_with: [crime_or_behaviour, education]",
            "only_with: [crime_or_behaviour, schooling]",
            "there is no criterion `schooling`",
        ),
        (
            "transfer.yaml",
            "                when: facts.school.permanently_excluded\n",
            "",
            "limb `permanent_exclusion` asks for nothing",
        ),
    ] {
        let found = with("merton", file, from, to);

        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains(words), "{found:#?}");
    }
}

#[test]
fn a_duty_comes_after_duties_that_are_given_and_is_asked_from_a_day_that_can_be_known() {
    one_problem(
        "merton",
        "transfer.yaml",
        "    only_after: [counsel_on_needs,",
        "    only_after: [counsel_on_need,",
        "there is no duty `counsel_on_need`",
    );
    let found = with(
        "merton",
        "transfer.yaml",
        "asked_until: \"${consent.formal_from} after facts.date_of_birth\"",
        "asked_until: \"${consent.formal_from} after placed\"",
    );
    assert!(
        found[0].contains("`obtain_agreement` belongs to no transfer: `placed` is never known"),
        "{found:#?}"
    );
}

#[test]
fn a_setting_that_nothing_computes_with_says_so() {
    for folder in embedded::folders() {
        let (head, others) = folder.files.split_first().unwrap();
        let head: raw::AuthorityFile = raw::read(head, &mut Vec::new()).unwrap();
        for (name, setting) in head.settings.0 {
            let used = others.iter().any(|file| {
                file.text.contains(&format!("${{{name}}}"))
                    || file.text.contains(&format!("asks_of: {name}"))
            });
            // What is not regulated cannot be used.
            if !setting.value.is_null() {
                assert_ne!(used, setting.reading, "{}: {name}", folder.name);
            }
        }
    }
}
