//! Plays one story from its first step to its last.

use std::fmt::Write as _;

use baton_rpc::Conn;

use super::act::{self, Place};
use super::api::{Api, CallError};
use super::file::{Action, Step, Story};
use super::fits::Mismatch;
use super::narrate::{self, Narrator};
use super::stage::{self, StageError};
use super::verdict::{Outcome, verdict};
use super::when;
use super::world::World;

/// What came of playing a story.
#[derive(Debug)]
pub struct Performance {
    /// What was told, ready to print.
    pub text: String,
    /// What was not as expected, with the line of the step. Empty when the story holds.
    pub failures: Vec<Failure>,
}

/// A step that did not go as the story says.
#[derive(Debug)]
pub struct Failure {
    /// The line of the step.
    pub line: u64,
    /// What was not as expected.
    pub what: String,
}

/// Plays a story against a Baton.
pub async fn play(story: &Story, conn: Conn) -> Performance {
    let mut text = format!("\n{} ({})\n", story.story, story.authority);
    if !story.about.is_empty() {
        for line in story.about.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    let mut failures = Vec::new();
    match run(story, conn, &mut text, &mut failures).await {
        Ok(()) => {}
        Err(error) => failures.push(Failure {
            line: 0,
            what: error.to_string(),
        }),
    }
    Performance { text, failures }
}

async fn run(
    story: &Story,
    conn: Conn,
    text: &mut String,
    failures: &mut Vec<Failure>,
) -> Result<(), StageError> {
    let run = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
    let mut world = stage::set(story, Api::new(conn, &story.authority), &run).await?;
    let mut narrator = Narrator::default();
    let failed = |error| StageError::Call {
        what: "asking what happened".to_owned(),
        error,
    };
    // What setting the stage brought is told in one line.
    narrator.news(&world).await.map_err(failed)?;
    for given in &story.given.0 {
        let _ = writeln!(text, "\n  given: {given}");
    }

    let mut now = stage::start(story)?;
    for (index, step) in story.steps.iter().enumerate() {
        now = act::time_of(step, now)?;
        let place = Place {
            now,
            number: index + 1,
            child: child_of(story, step),
            run: &run,
        };
        let _ = writeln!(
            text,
            "\n  {}  {}",
            when::spoken(now),
            narrate::heading(step)
        );
        if let Some(note) = &step.note {
            let _ = writeln!(text, "      [{note}]");
        }
        let wrong = match play_step(&mut world, step, &place, &mut narrator, text).await {
            Ok(wrong) => wrong,
            Err(CallError::Refused(refusal)) => vec![Mismatch::new("story", "an answer", refusal)],
            Err(CallError::Request(what)) => {
                vec![Mismatch::new("story", "a request that fits", what)]
            }
        };
        for Mismatch {
            at,
            expected,
            actual,
        } in wrong
        {
            let what = format!("{at}\n          expected {expected}\n          but it is {actual}");
            let _ = writeln!(text, "      NOT AS EXPECTED {what}");
            failures.push(Failure {
                line: step.line,
                what,
            });
        }
    }
    let _ = writeln!(text);
    for line in narrate::responsibility(&world).await.map_err(failed)? {
        let _ = writeln!(text, "  {line}");
    }
    Ok(())
}

async fn play_step(
    world: &mut World,
    step: &Step,
    place: &Place<'_>,
    narrator: &mut Narrator,
    text: &mut String,
) -> Result<Vec<Mismatch>, CallError> {
    world.advance(place.now).await?;
    tell(narrator.news(world).await?, text);
    let outcome: Outcome = match act::act(world, step, place).await {
        Ok(answer) => {
            if let Some(answer) = &answer {
                world.last.clone_from(answer);
            }
            Ok(answer)
        }
        Err(CallError::Refused(refusal)) => Err(refusal),
        Err(error) => return Err(error),
    };
    if let Err(refusal) = &outcome {
        tell(narrate::refusal_in_words(refusal), text);
    }
    // At rest: what follows from the act has happened, and the views have seen it.
    world.advance(place.now).await?;
    tell(narrator.news(world).await?, text);

    let nothing = super::expectation::Expect::default();
    let expect = step.expect.as_ref().unwrap_or(&nothing);
    verdict(world, expect, &outcome, place.child).await
}

fn tell(lines: Vec<String>, text: &mut String) {
    for line in lines {
        let _ = writeln!(text, "      {line}");
    }
}

/// The child a step is about: named, or in the report, or the first one given, or the only one.
pub fn child_of<'a>(story: &'a Story, step: &'a Step) -> &'a str {
    if let Some(child) = &step.child {
        return child;
    }
    if let Action::Report { body, .. } = &step.action {
        let named = body
            .get("child")
            .or_else(|| body.get("children").and_then(|children| children.get(0)));
        let outcomes = || {
            body.get("outcomes")
                .and_then(serde_json::Value::as_object)?
                .keys()
                .next()
        };
        if let Some(child) = named
            .and_then(serde_json::Value::as_str)
            .or_else(|| outcomes().map(String::as_str))
        {
            return child;
        }
    }
    story.children.keys().next().map_or("", String::as_str)
}
