//! The rules over what can be promised: read, tried and stated. A version is never changed; another one
//! takes its place.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use domain::{
    api::{AtpTrial, AtpVersionRow, Page},
    clock::TimeMs,
    order::FieldError,
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{seen, stamp};
use crate::{
    api::{
        extract::{self, Ask, Named, Paging},
        guard::Caller,
        problem::ApiProblem,
    },
    app::refusal::{AppError, invalid, not_found},
    atp::{rules::RuleSet, trial},
    clock,
    db::{DbError, atp_rules},
    state::AppState,
};

/// A version with long lists of SKUs.
const RULES_BYTES_MAX: usize = 1024 * 1024;

/// Rules as an operator states them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAtpRules, example = json!({
    "based_on": 0,
    "comment": "Keep two of everything in stores",
    "rules": {
        "pools": [{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }],
        "rules": [{
            "id": "keep-two", "says": { "safety": { "units": 2 } },
            "locations": { "kinds": ["store"] },
        }],
    },
}))]
pub struct NewRules {
    /// The version that they were made from; another one meanwhile is not written over.
    pub based_on: i64,
    /// Why; 1 to 500 characters.
    pub comment: String,
    /// Pools and rules, all of them.
    pub rules: RuleSet,
    /// That a pool or a channel may have nothing left to promise.
    #[serde(default)]
    pub confirm: bool,
}

/// Rules that are only tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AtpTried)]
pub struct Tried {
    /// Pools and rules, all of them.
    pub rules: RuleSet,
}

/// A version of the rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AtpVersion)]
pub struct Version {
    /// Which, by whom and why; absent while nobody has stated any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stated: Option<AtpVersionRow>,
    /// Pools and rules.
    pub rules: RuleSet,
}

/// Shows the rules that hold.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/atp/rules", tag = "atp", operation_id = "show_atp_rules",
    security(("session" = ["operations"])),
    responses((status = 200, description = "Pools and rules", body = Version))
)]
pub async fn show(State(state): State<AppState>) -> Result<Json<Version>, ApiProblem> {
    let newest = state.db.read(atp_rules::newest).await.map_err(|error: DbError| error)?;
    Ok(Json(newest.as_ref().map_or_else(|| Ok(Version::none()), Version::of)?))
}

/// Lists versions, the newest first.
///
/// # Errors
/// `invalid_query`.
#[utoipa::path(
    get, path = "/api/v1/atp/rules/versions", tag = "atp", operation_id = "list_atp_versions",
    security(("session" = ["operations"])), params(Paging),
    responses(
        (status = 200, description = "A page of versions", body = Page<AtpVersionRow>),
        (status = 400, description = "invalid_query"),
    )
)]
pub async fn versions(
    State(state): State<AppState>,
    Ask(paging): Ask<Paging>,
) -> Result<Json<Page<AtpVersionRow>>, ApiProblem> {
    let rows = paging.rows();
    let before = match paging.after.as_deref().filter(|after| !after.is_empty()) {
        Some(after) => after.parse().map_err(|_| extract::no_page())?,
        None => i64::MAX,
    };
    let read = state.db.read(move |tx| atp_rules::before(tx, before, rows + 1)).await;
    let found = read.map_err(|error: DbError| error)?.into_iter().map(|version| row(&version));
    Ok(Json(extract::page(found.collect(), rows, |row| row.version.to_string())))
}

/// Shows one version.
///
/// # Errors
/// `unknown_version`.
#[utoipa::path(
    get, path = "/api/v1/atp/rules/versions/{version}", tag = "atp",
    operation_id = "show_atp_version", security(("session" = ["operations"])),
    params(("version" = i64, Path, description = "Its number")),
    responses(
        (status = 200, description = "Pools and rules", body = Version),
        (status = 404, description = "unknown_version"),
    )
)]
pub async fn version(
    State(state): State<AppState>,
    Named(version): Named<String>,
) -> Result<Json<Version>, ApiProblem> {
    let unknown = || not_found("unknown_version", "There is no such version.");
    let number: i64 = version.parse().map_err(|_| unknown())?;
    let next = number.saturating_add(1);
    let read = state.db.read(move |tx| atp_rules::before(tx, next, 1)).await;
    let found = read.map_err(|error: DbError| error)?.pop();
    let found = found.filter(|found| found.version == number).ok_or_else(unknown)?;
    Ok(Json(Version::of(&found)?))
}

/// Says which numbers other rules would change, and by how much. Nothing is changed.
///
/// # Errors
/// `invalid_rules`.
#[utoipa::path(
    post, path = "/api/v1/atp/rules/trial", tag = "atp", operation_id = "try_atp_rules",
    security(("session" = ["operations"])), request_body = Tried,
    responses(
        (status = 200, description = "What would change", body = AtpTrial),
        (status = 400, description = "malformed"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_rules"),
    )
)]
pub async fn try_out(
    State(state): State<AppState>,
    body: Body,
) -> Result<Json<AtpTrial>, ApiProblem> {
    let tried: Tried = extract::json(body, RULES_BYTES_MAX, "invalid_rules").await?;
    check(&tried.rules, Vec::new())?;
    Ok(Json(compare(&state, tried.rules).await?))
}

/// States other rules; they hold from then on.
///
/// # Errors
/// `invalid_rules`, `rules_changed`, `confirm_zero`.
#[utoipa::path(
    put, path = "/api/v1/atp/rules", tag = "atp", operation_id = "put_atp_rules",
    security(("session" = ["admin"])), request_body = NewRules,
    responses(
        (status = 200, description = "The new version", body = AtpVersionRow),
        (status = 400, description = "malformed"),
        (status = 409, description = "confirm_zero rules_changed"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_rules"),
    )
)]
pub async fn put(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<AtpVersionRow>, ApiProblem> {
    let new: NewRules = extract::json(body, RULES_BYTES_MAX, "invalid_rules").await?;
    let comment = new.comment.trim().to_owned();
    let fits = (1..=500).contains(&comment.chars().count()) && !comment.contains('\0');
    let message = "1 to 500 characters: why?".to_owned();
    let wrong = FieldError { field: "comment".into(), message };
    check(&new.rules, if fits { Vec::new() } else { vec![wrong] })?;
    if !new.confirm {
        confirm(&compare(&state, new.rules.clone()).await?)?;
    }
    let version = atp_rules::Version {
        version: new.based_on.saturating_add(1),
        author: caller.name(),
        comment,
        created_at: clock::now(),
        rules: serde_json::to_string(&new.rules).expect("rules are plain data"),
    };
    let row = row(&version);
    let write = state.db.write(move |tx| {
        let newest = atp_rules::newest(tx)?;
        if let Some(newest) = &newest {
            let wrong = new.rules.recounted(&Version::of(newest)?.rules);
            if !wrong.is_empty() {
                return Err(cannot_hold(wrong).into());
            }
        }
        let newest = newest.map_or(0, |newest| newest.version);
        match newest == new.based_on && atp_rules::add(tx, &version)? {
            true => Ok(()),
            false => Err(changed(newest).into()),
        }
    });
    write.await.map_err(|error: AppError| error)?;
    tracing::info!(version = row.version, by = row.author, "rules stated");
    Ok(Json(row))
}

fn changed(newest: i64) -> Problem {
    let title = format!("The rules are at version {newest} meanwhile.");
    Problem::new(409, "rules_changed", title).advise("Look at them, and state yours again on top.")
}

fn check(rules: &RuleSet, mut wrong: Vec<FieldError>) -> Result<(), ApiProblem> {
    wrong.extend(rules.problems().into_iter().map(under));
    if wrong.is_empty() {
        return Ok(());
    }
    Err(invalid("invalid_rules", "These rules cannot hold.", wrong).into())
}

fn under(problem: FieldError) -> FieldError {
    FieldError { field: format!("rules.{}", problem.field), ..problem }
}

fn cannot_hold(wrong: Vec<FieldError>) -> Problem {
    let wrong = wrong.into_iter().map(under).collect();
    invalid("invalid_rules", "These rules cannot hold.", wrong)
}

/// A pool that has nothing left, or a channel without one, is rarely meant.
fn confirm(trial: &AtpTrial) -> Result<(), ApiProblem> {
    let zeroed = trial.zeroed_words();
    if zeroed.is_empty() {
        return Ok(());
    }
    let title = format!("Nothing could be promised any more in: {}.", zeroed.join(", "));
    Err(ApiProblem::new(StatusCode::CONFLICT, "confirm_zero", title)
        .advise("If that is meant, send it again with `confirm`."))
}

async fn compare(state: &AppState, rules: RuleSet) -> Result<AtpTrial, ApiProblem> {
    let promises = std::sync::Arc::clone(&state.promises);
    let seen = stamp(seen(&promises.index)?, &promises.index.view());
    let _one_at_a_time = promises.trials.lock().await;
    let index = std::sync::Arc::clone(&promises.index);
    let work = move || trial::compare(&index, rules, clock::now(), seen);
    let compared = tokio::task::spawn_blocking(work).await;
    Ok(compared.expect("a comparison does not panic and is never aborted"))
}

impl Version {
    fn none() -> Self {
        Self { stated: None, rules: RuleSet::default() }
    }

    fn of(version: &atp_rules::Version) -> Result<Self, DbError> {
        let broken =
            |_| DbError::impossible("atp_rules", "rules_json", version.version.to_string());
        let rules = serde_json::from_str(&version.rules).map_err(broken)?;
        Ok(Self { stated: Some(row(version)), rules })
    }
}

fn row(version: &atp_rules::Version) -> AtpVersionRow {
    let atp_rules::Version { version, author, comment, created_at, .. } = version;
    let created_at: TimeMs = *created_at;
    AtpVersionRow {
        version: *version,
        author: author.clone(),
        comment: comment.clone(),
        created_at,
    }
}
