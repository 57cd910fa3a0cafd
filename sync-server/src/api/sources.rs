//! Sources: who tells us about stock, and how they write.

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    api::{NewSource, SourceDetail, SourceRow, SourceToken, Transport},
    limits,
    order::FieldError,
    problem::Problem,
};
use serde_json::Value;

use super::{
    extract::{self, Named},
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::{
        ingest::batch::{self, transport_of},
        refusal::{AppError, invalid, not_found},
        secrets,
    },
    clock,
    db::{
        DbError, Tx, batches, dead_rows, ledger,
        sources::{self, SOURCES_MAX},
    },
    ingest::{
        Plan, Profile,
        profile::{Absent, BadRows, Content, Csv, Format},
    },
    state::AppState,
};

/// A profile with its code maps.
const PROFILE_BYTES_MAX: usize = 1024 * 1024;
/// Batches shown of each.
const BATCHES_SHOWN: u32 = 50;
/// The columns of a download.
const CSV_HEADER: &str = "line,field,code,message,raw\r\n";
/// Rows of a download that are read at once.
const DEAD_PAGE: u32 = 5_000;

pub(super) fn unknown() -> Problem {
    not_found("unknown_source", "There is no such source.")
}

/// Adds a source, or changes how it is read.
///
/// # Errors
/// `invalid_source`.
#[utoipa::path(
    put, path = "/api/v1/sources/{id}", tag = "sources", operation_id = "put_source",
    security(("session" = ["admin"])),
    params(("id" = String, Path, description = "1 to 50 letters, digits, `-` or `_`")),
    request_body = NewSource,
    responses(
        (status = 200, description = "The source", body = SourceRow),
        (status = 400, description = "malformed"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_source"),
    )
)]
pub async fn put(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
    body: Body,
) -> Result<Json<SourceRow>, ApiProblem> {
    let new: NewSource = extract::json(body, PROFILE_BYTES_MAX, "invalid_source").await?;
    let profile = checked(&id, &new)?;
    let profile = serde_json::to_string(&profile).expect("a profile is plain data");
    let transport = serde_json::to_string(&new.transport).expect("a transport is plain data");
    let written = state.db.write(move |tx| {
        folder_is_free(tx, &id, &new.transport)?;
        let source = sources::NewSource {
            id: &id,
            name: new.name.trim(),
            kind: new.kind.as_str(),
            profile: &profile,
            hold_above: new.hold_above.map(i64::from),
            transport: &transport,
        };
        sources::put(tx, &source, clock::now())?;
        let source = sources::find(tx, &id)?.ok_or_else(unknown)?;
        row(tx, source)
    });
    let mut row = written.await.map_err(|error: AppError| error)?;
    state.tills.days.forget();
    look(&state, &mut row);
    tracing::info!(source = row.id, by = caller.name(), "source put");
    Ok(Json(row))
}

/// The profile of a new source, or everything that is wrong with it.
fn checked(id: &str, new: &NewSource) -> Result<Profile, ApiProblem> {
    let mut wrong = Vec::new();
    let mut add = |field: &str, message: &str| {
        wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || id.len() > 50 || !id.chars().all(is_word) {
        add("id", "1 to 50 letters, digits, - or _");
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        add("name", "1 to 100 characters, none of them control characters");
    }
    let canonical = || Profile::canonical(Format::Csv(Csv::default()), Content::Mixed);
    let profile = match &new.profile {
        None => Some(canonical()),
        Some(given) => match serde_json::from_value::<Profile>(given.clone()) {
            Ok(profile) => Some(profile),
            Err(error) => {
                add("profile", &error.to_string());
                None
            }
        },
    };
    for problem in profile.as_ref().map(|p| Plan::new(p).err()).into_iter().flatten().flatten() {
        add(&format!("profile.{}", problem.at), &problem.message);
    }
    if let (Transport::Nats { .. }, Some(profile)) = (&new.transport, &profile) {
        let message = "messages are taken one by one, so nothing is absent from them: kept";
        check(profile.absent == Absent::Kept, "profile.absent", message, &mut wrong);
        let message = "messages are taken one by one, so a bad one refuses itself: skip";
        check(profile.bad_rows == BadRows::Skip, "profile.bad_rows", message, &mut wrong);
    }
    wrong.extend(new.transport.problems());
    match profile {
        Some(profile) if wrong.is_empty() => Ok(profile),
        _ => Err(not_like_this(wrong).into()),
    }
}

fn check(fine: bool, field: &str, message: &str, wrong: &mut Vec<FieldError>) {
    if !fine {
        wrong.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    }
}

fn not_like_this(wrong: Vec<FieldError>) -> Problem {
    invalid("invalid_source", "The source cannot be read like this.", wrong)
}

/// A file belongs to one source: which, says its folder.
fn folder_is_free(tx: &mut Tx, id: &str, transport: &Transport) -> Result<(), AppError> {
    if !matches!(transport, Transport::Folder { .. }) {
        return Ok(());
    }
    for other in sources::all(tx, SOURCES_MAX)? {
        if other.id != id && transport_of(&other)? == *transport {
            let mut wrong = Vec::new();
            let message = format!("the source {} has this folder", other.id);
            check(false, "transport.name", &message, &mut wrong);
            return Err(not_like_this(wrong).into());
        }
    }
    Ok(())
}

/// Lists sources, each with its newest batch.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/sources", tag = "sources", operation_id = "list_sources",
    security(("session" = ["operations"])),
    responses((status = 200, description = "Every source", body = Vec<SourceRow>))
)]
pub async fn list(State(state): State<AppState>) -> Result<Json<Vec<SourceRow>>, ApiProblem> {
    let read = state.db.read(|tx| {
        let all = sources::all(tx, SOURCES_MAX)?;
        all.into_iter().map(|source| row(tx, source)).collect::<Result<Vec<_>, AppError>>()
    });
    let mut rows: Vec<SourceRow> = read.await?;
    rows.iter_mut().for_each(|row| look(&state, row));
    Ok(Json(rows))
}

/// Adds whether the source reaches this process.
fn look(state: &AppState, row: &mut SourceRow) {
    row.reached = state.reached.of(row.transport.kind(), &row.id);
}

fn row(tx: &mut Tx, source: sources::Source) -> Result<SourceRow, AppError> {
    let profile: Value = serde_json::from_str(&source.profile).unwrap_or_default();
    let format = &profile["format"];
    let named = format.as_object().and_then(|format| format.keys().next().cloned());
    let format = named.or_else(|| format.as_str().map(str::to_owned)).unwrap_or_default();
    let last = batches::newest(tx, source.key, 1)?.pop().map(batch::row);
    let transport = transport_of(&source)?;
    Ok(SourceRow {
        id: source.id,
        name: source.name,
        kind: source.kind,
        format,
        profile_version: source.profile_version,
        hold_above: source.hold_above.and_then(|units| u32::try_from(units).ok()),
        transport,
        reached: None,
        last,
    })
}

/// Shows a source with its newest batches.
///
/// # Errors
/// `unknown_source`.
#[utoipa::path(
    get, path = "/api/v1/sources/{id}", tag = "sources", operation_id = "show_source",
    security(("session" = ["operations"])),
    params(("id" = String, Path, description = "The source")),
    responses(
        (status = 200, description = "The source", body = SourceDetail),
        (status = 404, description = "unknown_source"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Named(id): Named<String>,
) -> Result<Json<SourceDetail>, ApiProblem> {
    let read = state.db.read(move |tx| {
        let source = sources::find(tx, &id)?.ok_or_else(unknown)?;
        let profile = serde_json::from_str(&source.profile).unwrap_or_default();
        let batches = batches::newest(tx, source.key, BATCHES_SHOWN)?;
        let batches = batches.into_iter().map(batch::row).collect();
        Ok::<_, AppError>(SourceDetail { source: row(tx, source)?, profile, batches })
    });
    let mut detail: SourceDetail = read.await?;
    look(&state, &mut detail.source);
    Ok(Json(detail))
}

/// Makes a new token for a source, shown once.
///
/// # Errors
/// `unknown_source`.
#[utoipa::path(
    post, path = "/api/v1/sources/{id}/token", tag = "sources", operation_id = "make_source_token",
    security(("session" = ["admin"])),
    params(("id" = String, Path, description = "The source")),
    responses(
        (status = 200, description = "The token", body = SourceToken),
        (status = 404, description = "unknown_source"),
    )
)]
pub async fn token(
    State(state): State<AppState>,
    Named(id): Named<String>,
) -> Result<Json<SourceToken>, ApiProblem> {
    let token = secrets::new_token(&mut clock::moment());
    let hash = secrets::token_hash(&token);
    let write = state.db.write(move |tx| {
        sources::find(tx, &id)?.ok_or_else(unknown)?;
        Ok::<_, AppError>(sources::set_token(tx, &id, &hash)?)
    });
    write.await?;
    state.tills.tokens.forget();
    Ok(Json(SourceToken { token }))
}

/// Downloads a batch's refused and held rows as CSV.
///
/// # Errors
/// `unknown_source`, `unknown_batch`.
#[utoipa::path(
    get, path = "/api/v1/sources/{id}/batches/{batch}/refused", tag = "sources",
    operation_id = "download_refused", security(("session" = ["operations"])),
    params(
        ("id" = String, Path, description = "The source"),
        ("batch" = String, Path, description = "The batch"),
    ),
    responses(
        (status = 200, description = "line, field, code, message, raw", body = String,
            content_type = "text/csv"),
        (status = 404, description = "unknown_source unknown_batch"),
    )
)]
pub async fn refused(
    State(state): State<AppState>,
    Named((id, batch)): Named<(String, String)>,
) -> Result<Response, ApiProblem> {
    let read = state.db.read(move |tx| {
        let source = sources::find(tx, &id)?.ok_or_else(unknown)?;
        let batch = batches::find(tx, source.key, &batch)?.ok_or_else(no_batch)?;
        Ok::<_, AppError>(download(tx, batch.key)?)
    });
    Ok(csv("attachment; filename=\"refused.csv\"", read.await?))
}

/// Downloads what the counts of a batch found to be different from the books, as CSV.
///
/// # Errors
/// `unknown_source`, `unknown_batch`.
#[utoipa::path(
    get, path = "/api/v1/sources/{id}/batches/{batch}/differences", tag = "sources",
    operation_id = "download_differences", security(("session" = ["operations"])),
    params(
        ("id" = String, Path, description = "The source"),
        ("batch" = String, Path, description = "The batch"),
    ),
    responses(
        (status = 200, description = "sku, location, place, more", body = String,
            content_type = "text/csv"),
        (status = 404, description = "unknown_source unknown_batch"),
    )
)]
pub async fn differences(
    State(state): State<AppState>,
    Named((id, batch)): Named<(String, String)>,
) -> Result<Response, ApiProblem> {
    let read = state.db.read(move |tx| {
        let source = sources::find(tx, &id)?.ok_or_else(unknown)?;
        batches::find(tx, source.key, &batch)?.ok_or_else(no_batch)?;
        Ok::<_, AppError>(different(tx, source.key, &batch)?)
    });
    Ok(csv("attachment; filename=\"differences.csv\"", read.await?))
}

fn csv(name: &'static str, text: String) -> Response {
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
    (StatusCode::OK, [kind, (header::CONTENT_DISPOSITION, name)], text).into_response()
}

fn no_batch() -> Problem {
    not_found("unknown_batch", "There is no such batch.")
}

fn different(tx: &mut Tx, source_key: i64, batch: &str) -> Result<String, DbError> {
    let (mut text, mut after) = (String::from("sku,location,place,more\r\n"), 0);
    while text.len() < limits::IMPORT_BODY_BYTES_MAX {
        let page = ledger::of_batch(tx, source_key, batch, after, DEAD_PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for ledger::Difference { sku, location, place, more, .. } in &page {
            text.push_str(&format!("{},{},{place},{more}\r\n", quoted(sku), quoted(location)));
        }
    }
    Ok(text)
}

fn download(tx: &mut Tx, batch_key: i64) -> Result<String, DbError> {
    let (mut text, mut after) = (String::from(CSV_HEADER), (0, 0));
    while text.len() < limits::IMPORT_BODY_BYTES_MAX {
        let page = dead_rows::of_batch(tx, batch_key, after, DEAD_PAGE)?;
        let Some((key, last)) = page.last() else { break };
        after = (last.line, *key);
        for (_, row) in &page {
            let cells = [&row.field, &row.code, &row.message, &row.raw];
            let cells = cells.map(|cell| quoted(cell)).join(",");
            text.push_str(&format!("{},{cells}\r\n", row.line));
        }
    }
    Ok(text)
}

/// Text that a spreadsheet would run as a formula starts with an apostrophe.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}
