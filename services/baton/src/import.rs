//! `baton import`: a council's opening positions, from files to a running Baton.

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
const KINDS: [(&str, ImportKind); 6] = [
    ("teams", ImportKind::Teams),
    ("workers", ImportKind::Workers),
    ("posts", ImportKind::Posts),
    ("closures", ImportKind::Closures),
    ("cases", ImportKind::Cases),
    ("evidence", ImportKind::Evidence),
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
        batches.extend(parts(file).into_iter().map(|part| {
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
            "{}: the name has to begin with teams, workers, posts, closures, cases or evidence",
            path.display()
        ),
    }
}

/// A file in parts that fit into a call, each with the column names. Fields with line breaks are left to one part.
fn parts(file: &ImportFile) -> Vec<ImportFile> {
    let lines: Vec<&str> = file.text.lines().collect();
    let one_line_each = !file.text.contains('"');
    if lines.len() <= LINES_MAX + 1 || !one_line_each {
        return vec![file.clone()];
    }
    let (names, rows) = lines.split_at(1);
    let mut first = 2;
    rows.chunks(LINES_MAX)
        .map(|some| {
            let part = ImportFile {
                text: format!("{}\n{}\n", names.concat(), some.join("\n")),
                first_line: i32::try_from(first).unwrap_or(i32::MAX),
                ..file.clone()
            };
            first += some.len();
            part
        })
        .collect()
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
