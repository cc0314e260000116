//! `baton import`: a council's opening positions, from files to a running Baton.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use baton_contracts::gateway::v1::import_service_client::ImportServiceClient;
use baton_contracts::gateway::v1::{
    ImportFile, ImportKind, ImportLine, ImportOpeningPositionsRequest, ImportState,
};
use baton_rpc::IDENTITY_KEY;
use tonic::Request;
use tonic::transport::Endpoint;

use crate::cli::Import;

/// The most lines of one call. The organisation goes along with each, so that every line can be looked at.
const LINES_MAX: usize = 1_000;
/// How long one call may take, and how often it is sent again while lines are in progress.
const TIMEOUT: Duration = Duration::from_mins(5);
const TRIES: usize = 5;

/// What files are, in the order in which they are taken over, by how their names begin.
const KINDS: [(&str, ImportKind); 7] = [
    ("teams", ImportKind::Teams),
    ("workers", ImportKind::Workers),
    ("posts", ImportKind::Posts),
    ("closures", ImportKind::Closures),
    ("cases", ImportKind::Cases),
    ("evidence", ImportKind::Evidence),
    ("involvements", ImportKind::Involvements),
];

/// Loads files, or says what would become of them. Fails when a line has a problem.
pub(crate) async fn run(import: &Import) -> anyhow::Result<ExitCode> {
    let files = read(&import.files)?;
    let organisation: Vec<ImportFile> = files
        .iter()
        .filter(|file| file.kind() <= ImportKind::Posts)
        .cloned()
        .collect();
    let endpoint = Endpoint::from_shared(import.address.clone())
        .with_context(|| format!("`{}` is not an address", import.address))?;
    let conn = endpoint
        .connect()
        .await
        .with_context(|| format!("nothing answers at {}", import.address))?;
    let mut client = ImportServiceClient::new(conn).max_decoding_message_size(64 * 1024 * 1024);
    let identity = import.identity.parse().context("the identity is not one")?;

    let mut told = Told::default();
    let mut batches = vec![organisation.clone()];
    for file in files.iter().filter(|file| file.kind() > ImportKind::Posts) {
        batches.extend(parts(file)?.into_iter().map(|part| {
            let mut batch = organisation.clone();
            batch.push(part);
            batch
        }));
    }
    for (number, batch) in batches.into_iter().enumerate() {
        if batch.is_empty() {
            continue;
        }
        let body = ImportOpeningPositionsRequest {
            files: batch,
            dry_run: import.dry_run,
        };
        let mut left = TRIES;
        let answer = loop {
            let mut request = Request::new(body.clone());
            request.set_timeout(TIMEOUT);
            let key = IDENTITY_KEY;
            request
                .metadata_mut()
                .insert(key, tonic::metadata::MetadataValue::clone(&identity));
            let answer = client
                .import_opening_positions(request)
                .await
                .map_err(|status| anyhow::anyhow!("{:?}: {}", status.code(), status.message()))?
                .into_inner();
            left -= 1;
            if answer.in_progress == 0 || left == 0 {
                break answer;
            }
        };
        for line in &answer.lines {
            // The organisation was told with the first call.
            let again = number > 0 && organisation.iter().any(|file| file.name == line.file);
            if !again {
                told.tell(line);
            }
        }
    }
    told.sum(import.dry_run);
    Ok(if told.rejected + told.in_progress == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<ImportFile>> {
    let mut files = Vec::new();
    for path in paths {
        let kind = kind_of(path)?;
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{} cannot be read as UTF-8", path.display()))?;
        files.push(ImportFile {
            name: path.display().to_string(),
            kind: kind.into(),
            text,
            first_line: 0,
        });
    }
    files.sort_by_key(|file| file.kind);
    Ok(files)
}

fn kind_of(path: &Path) -> anyhow::Result<ImportKind> {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    match KINDS.iter().find(|(begins, _)| name.starts_with(begins)) {
        Some((_, kind)) => Ok(*kind),
        None => bail!(
            "{}: the name has to begin with teams, workers, posts, closures, cases, evidence or involvements",
            path.display()
        ),
    }
}

/// A file in parts that fit into a call, each with the column names. Fields with line breaks are left to one part. Who had a
/// child before is counted from all its lines, so that no part ends between two of them.
fn parts(file: &ImportFile) -> anyhow::Result<Vec<ImportFile>> {
    let lines: Vec<&str> = file.text.lines().collect();
    let one_line_each = !file.text.contains('"');
    if lines.len() <= LINES_MAX + 1 || !one_line_each {
        return Ok(vec![file.clone()]);
    }
    let (names, rows) = lines.split_at(1);
    let names = names.concat();
    let person = names
        .split(',')
        .position(|name| name.trim() == "invo_person_id")
        .filter(|_| file.kind() == ImportKind::Involvements);
    let whose = |row: &str| Some(row.split(',').nth(person?)?.trim().to_owned());
    let together = |row: &&str, next: &&str| person.is_some() && whose(row) == whose(next);
    let mut begun = BTreeSet::new();
    let mut parts: Vec<Vec<&str>> = Vec::new();
    for group in rows.chunk_by(together) {
        let child = group.first().and_then(|row| whose(row));
        if child.is_some_and(|child| !begun.insert(child)) {
            bail!(
                "{}: sort the lines by invo_person_id, so that those of a child stand together",
                file.name
            );
        }
        match parts.last_mut() {
            Some(part) if part.len() + group.len() <= LINES_MAX => part.extend(group),
            _ => parts.push(group.to_vec()),
        }
    }
    let mut first = 2;
    let parts = parts.into_iter().map(|some| {
        let part = ImportFile {
            text: format!("{names}\n{}\n", some.join("\n")),
            first_line: i32::try_from(first).unwrap_or(i32::MAX),
            ..file.clone()
        };
        first += some.len();
        part
    });
    Ok(parts.collect())
}

#[derive(Default)]
struct Told {
    applied: usize,
    unchanged: usize,
    rejected: usize,
    in_progress: usize,
}

impl Told {
    fn tell(&mut self, line: &ImportLine) {
        let at = format!("{}:{}", line.file, line.line);
        match line.state() {
            ImportState::Applied => self.applied += 1,
            ImportState::Unchanged => self.unchanged += 1,
            ImportState::InProgress => {
                self.in_progress += 1;
                println!("{at}: still being carried out; load it again");
            }
            ImportState::Rejected | ImportState::Unspecified => self.rejected += 1,
        }
        for problem in &line.problems {
            let field = if problem.field.is_empty() {
                "line"
            } else {
                &problem.field
            };
            println!("{at}: {field}: {}: {}", problem.problem, problem.remedy);
        }
        if !line.remarks.is_empty() {
            println!("{at}: {}", line.remarks.join(", "));
        }
    }

    fn sum(&self, dry_run: bool) {
        let taken = if dry_run { "would be taken" } else { "taken" };
        println!(
            "{} {taken}, {} unchanged, {} with problems, {} in progress",
            self.applied, self.unchanged, self.rejected, self.in_progress
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn involvements(rows: &[String]) -> ImportFile {
        let names = "invo_person_id,invo_professional_team,invo_involvement_start_date";
        ImportFile {
            name: "involvements.csv".to_owned(),
            kind: ImportKind::Involvements.into(),
            text: format!("{names}\n{}\n", rows.join("\n")),
            first_line: 0,
        }
    }

    /// The first line of each part, and how many lines it has below the column names.
    fn cut(file: &ImportFile) -> Vec<(i32, usize)> {
        let parts = parts(file).unwrap();
        let cut = parts
            .iter()
            .map(|part| (part.first_line, part.text.lines().count() - 1));
        cut.collect()
    }

    fn rows(children: std::ops::Range<usize>, each: usize) -> Vec<String> {
        children
            .flat_map(|child| (0..each).map(move |_| format!("P-{child},frt,2025-01-01")))
            .collect()
    }

    #[test]
    fn c_003_no_part_of_a_long_file_ends_between_two_lines_of_a_child() {
        let three_each = involvements(&rows(0..400, 3));
        assert_eq!(cut(&three_each), [(2, 999), (1001, 201)]);

        let cases = ImportFile {
            kind: ImportKind::Cases.into(),
            ..three_each
        };
        assert_eq!(cut(&cases), [(2, 1000), (1002, 200)]);
    }

    #[test]
    fn lines_of_a_child_in_two_places_of_a_long_file_are_not_cut_apart_unseen() {
        let mut rows = rows(0..400, 3);
        rows.push("P-0,north,2025-06-01".to_owned());

        let told = parts(&involvements(&rows)).unwrap_err().to_string();

        assert!(told.contains("sort the lines by invo_person_id"), "{told}");
    }
}
