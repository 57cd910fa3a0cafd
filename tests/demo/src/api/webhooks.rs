//! The calls about webhooks.

use domain::api::{NewWebhook, WebhookDetail, WebhookRow, WebhookSecret, WebhookTry};

use super::{Api, parse, to_vec};
use crate::error::DemoError;

impl Api {
    /// Adds a webhook; its secret.
    ///
    /// # Errors
    /// It cannot be like this.
    pub fn add_webhook(&self, new: &NewWebhook) -> Result<WebhookSecret, DemoError> {
        let path = "/api/v1/webhooks";
        parse(&self.post(path, "application/json", None, &to_vec(new))?, path)
    }

    /// States a webhook anew.
    ///
    /// # Errors
    /// There is no such webhook, or it cannot be like this.
    pub fn put_webhook(&self, id: &str, new: &NewWebhook) -> Result<WebhookRow, DemoError> {
        let path = format!("/api/v1/webhooks/{id}");
        parse(&self.send(self.agent.put(self.at(&path)), &path, None, &to_vec(new))?, &path)
    }

    /// Every webhook.
    ///
    /// # Errors
    /// Not an operator of the network.
    pub fn webhooks(&self) -> Result<Vec<WebhookRow>, DemoError> {
        let path = "/api/v1/webhooks";
        parse(&self.get(path)?, path)
    }

    /// A webhook with its newest tries.
    ///
    /// # Errors
    /// There is no such webhook.
    pub fn webhook(&self, id: &str) -> Result<WebhookDetail, DemoError> {
        let path = format!("/api/v1/webhooks/{id}");
        parse(&self.get(&path)?, &path)
    }

    /// Sends a webhook's receiver a test.
    ///
    /// # Errors
    /// There is no such webhook.
    pub fn test_webhook(&self, id: &str) -> Result<WebhookTry, DemoError> {
        let path = format!("/api/v1/webhooks/{id}/test");
        parse(&self.post(&path, "application/json", None, b"")?, &path)
    }

    /// Makes a webhook's next secret.
    ///
    /// # Errors
    /// There is no such webhook.
    pub fn rotate_webhook(&self, id: &str) -> Result<WebhookSecret, DemoError> {
        let path = format!("/api/v1/webhooks/{id}/rotate");
        parse(&self.post(&path, "application/json", None, b"")?, &path)
    }

    /// Tells a webhook's receiver everything again.
    ///
    /// # Errors
    /// There is no such webhook.
    pub fn tell_webhook_again(&self, id: &str) -> Result<(), DemoError> {
        self.post(&format!("/api/v1/webhooks/{id}/again"), "application/json", None, b"").map(drop)
    }
}
