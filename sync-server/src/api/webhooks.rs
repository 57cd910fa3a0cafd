//! Webhooks: who is told when what can be promised changes. Administrators state them, operators look
//! after them.

use axum::{Extension, Json, body::Body, extract::State, http::StatusCode};
use domain::{
    api::{NewWebhook, WebhookDetail, WebhookRow, WebhookSecret, WebhookTry},
    limits,
};
use reqwest::Url;

use super::{
    extract::{self, Named},
    guard::Caller,
    problem::ApiProblem,
};
use crate::{
    app::{refusal::AppError, webhooks},
    clock,
    db::{
        DbError,
        deliveries::{self, Try},
        webhooks::{self as stored, Stated, Webhook},
    },
    state::AppState,
    webhooks::{
        message,
        send::Sent,
        signature::{self, Secret},
    },
};

const STATED_BYTES_MAX: usize = 16 * 1024;

/// Lists webhooks, each with its newest try.
///
/// # Errors
/// The database fails.
#[utoipa::path(
    get, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    security(("session" = ["operations"])),
    responses((status = 200, description = "Every webhook", body = Vec<WebhookRow>))
)]
pub async fn list(State(state): State<AppState>) -> Result<Json<Vec<WebhookRow>>, ApiProblem> {
    let (index, now) = (state.promises.index.clone(), clock::now());
    let rows_max = u32::try_from(limits::WEBHOOKS_MAX).expect("few");
    let read = state.db.read(move |tx| {
        let all = stored::all(tx, rows_max)?.into_iter();
        all.map(|webhook| webhooks::row(tx, &index, webhook, now)).collect::<Result<_, DbError>>()
    });
    Ok(Json(read.await?))
}

/// Shows a webhook with its newest tries.
///
/// # Errors
/// `unknown_webhook`.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "show_webhook",
    security(("session" = ["operations"])),
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 200, description = "The webhook", body = WebhookDetail),
        (status = 404, description = "unknown_webhook"),
    )
)]
pub async fn show(
    State(state): State<AppState>,
    Named(id): Named<String>,
) -> Result<Json<WebhookDetail>, ApiProblem> {
    let (index, now) = (state.promises.index.clone(), clock::now());
    let read = state.db.read(move |tx| {
        let webhook = stored::find(tx, &id)?.ok_or_else(webhooks::unknown)?;
        Ok::<_, AppError>(webhooks::detail(tx, &index, webhook, now)?)
    });
    Ok(Json(read.await?))
}

/// Adds a webhook. Its secret is shown once; its receiver is told everything first.
///
/// # Errors
/// `invalid_webhook`, `too_many_webhooks`.
#[utoipa::path(
    post, path = "/api/v1/webhooks", tag = "webhooks", operation_id = "add_webhook",
    security(("session" = ["admin"])), request_body = NewWebhook,
    responses(
        (status = 201, description = "Its secret", body = WebhookSecret),
        (status = 400, description = "malformed"),
        (status = 409, description = "too_many_webhooks"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_webhook"),
    )
)]
pub async fn add(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<(StatusCode, Json<WebhookSecret>), ApiProblem> {
    let (stated, moment) = (stated(&state, body).await?, clock::moment());
    let write = state.db.write(move |tx| webhooks::add(tx, &mut moment.clone(), &stated));
    let webhook = write.await.map_err(|error: AppError| error)?;
    state.webhook_changes.send_replace(());
    tracing::info!(webhook = webhook.id, by = caller.name(), "webhook added");
    Ok((StatusCode::CREATED, Json(secret(&state, webhook))))
}

/// States a webhook anew. One that the server has stopped begins again where it ended; another address,
/// kind, or pool is told everything.
///
/// # Errors
/// `unknown_webhook`, `invalid_webhook`.
#[utoipa::path(
    put, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "put_webhook",
    security(("session" = ["admin"])), request_body = NewWebhook,
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 200, description = "The webhook", body = WebhookRow),
        (status = 400, description = "malformed"),
        (status = 404, description = "unknown_webhook"),
        (status = 413, description = "too_large"),
        (status = 422, description = "invalid_webhook"),
    )
)]
pub async fn put(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
    body: Body,
) -> Result<Json<WebhookRow>, ApiProblem> {
    let known = id.clone();
    find(&state, known).await?;
    let (stated, now) = (stated(&state, body).await?, clock::now());
    let index = state.promises.index.clone();
    let write = state.db.write(move |tx| {
        let webhook = webhooks::change(tx, &id, &stated, now)?;
        Ok::<_, AppError>(webhooks::row(tx, &index, webhook, now)?)
    });
    let row = write.await?;
    state.webhook_changes.send_replace(());
    tracing::info!(webhook = row.id, by = caller.name(), "webhook put");
    Ok(Json(row))
}

/// Removes a webhook.
///
/// # Errors
/// `unknown_webhook`.
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", tag = "webhooks", operation_id = "remove_webhook",
    security(("session" = ["admin"])),
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 204, description = "It is removed"),
        (status = 404, description = "unknown_webhook"),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
) -> Result<StatusCode, ApiProblem> {
    let removed = id.clone();
    let write = state.db.write(move |tx| webhooks::remove(tx, &id));
    write.await.map_err(|error: AppError| error)?;
    state.webhook_changes.send_replace(());
    tracing::info!(webhook = removed, by = caller.name(), "webhook removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test at once, signed as deliveries are, and says what became of it. It is no delivery: it has
/// no sequence, and is not sent again.
///
/// # Errors
/// `unknown_webhook`.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    security(("session" = ["operations"])),
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 200, description = "What became of it", body = WebhookTry),
        (status = 404, description = "unknown_webhook"),
    )
)]
pub async fn test(
    State(state): State<AppState>,
    Named(id): Named<String>,
) -> Result<Json<WebhookTry>, ApiProblem> {
    let webhook = find(&state, id).await?;
    let url = Url::parse(&webhook.stated.url).expect("it was checked when it was stated");
    let mut moment = clock::moment();
    let message = format!("msg_{}", domain::ids::uuid_v7(moment.now, moment.entropy()));
    let (at, body) = (moment.now, message::test(&webhook.id, moment.now));
    let Webhook { secret, secret_since, .. } = webhook;
    let secrets = signature::secrets(&state.keys, &webhook.id, secret, secret_since, at);
    let sent = Sent { url: &url, id: &message, body: &body, at };
    let answered = state.post.send(sent, &secrets).await;
    state.note_delivery(answered, 0);
    let tried = Try::new(message, "test", 0, at, answered);
    let noted = tried.clone();
    let write = state.db.write(move |tx| {
        // Removed meanwhile: then there is nothing to note.
        match stored::lock(tx, &webhook.id)? {
            Some(found) => deliveries::note(tx, found.key, &noted),
            None => Ok(()),
        }
    });
    write.await.map_err(|error: DbError| error)?;
    Ok(Json(webhooks::tried(tried)))
}

/// Tells the receiver everything again, as it is now. What it was sent before is not repeated: it would
/// overwrite newer numbers.
///
/// # Errors
/// `unknown_webhook`.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/again", tag = "webhooks", operation_id = "tell_webhook_again",
    security(("session" = ["operations"])),
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 204, description = "It will be"),
        (status = 404, description = "unknown_webhook"),
    )
)]
pub async fn again(
    State(state): State<AppState>,
    Named(id): Named<String>,
) -> Result<StatusCode, ApiProblem> {
    let write = state.db.write(move |tx| webhooks::again(tx, &id));
    write.await.map_err(|error: AppError| error)?;
    state.webhook_changes.send_replace(());
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new secret, shown once. For a day deliveries are signed with the one before, too.
///
/// # Errors
/// `unknown_webhook`.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotate_webhook",
    security(("session" = ["admin"])),
    params(("id" = String, Path, description = "The webhook")),
    responses(
        (status = 200, description = "The new secret", body = WebhookSecret),
        (status = 404, description = "unknown_webhook"),
    )
)]
pub async fn rotate(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Named(id): Named<String>,
) -> Result<Json<WebhookSecret>, ApiProblem> {
    let now = clock::now();
    let write = state.db.write(move |tx| webhooks::rotate(tx, &id, now));
    let webhook = write.await.map_err(|error: AppError| error)?;
    state.webhook_changes.send_replace(());
    tracing::info!(webhook = webhook.id, by = caller.name(), "webhook has another secret");
    Ok(Json(secret(&state, webhook)))
}

async fn stated(state: &AppState, body: Body) -> Result<Stated, ApiProblem> {
    let new: NewWebhook = extract::json(body, STATED_BYTES_MAX, "invalid_webhook").await?;
    webhooks::checked(new, state.settings.webhook_http).map_err(ApiProblem)
}

async fn find(state: &AppState, id: String) -> Result<Webhook, ApiProblem> {
    let found = state.db.read(move |tx| stored::find(tx, &id)).await;
    let found = found.map_err(|error: DbError| error)?;
    found.ok_or_else(|| webhooks::unknown().into())
}

fn secret(state: &AppState, webhook: Webhook) -> WebhookSecret {
    let Webhook { id, secret, secret_since, .. } = webhook;
    WebhookSecret {
        secret: Secret::derived(&state.keys, &id, secret).text(),
        old_until: signature::old_until(secret, secret_since, clock::now()),
        id,
    }
}
