//! The routes without connections: what an answer costs beside one that is ready.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use serde_json::json;
use tests::stopwatch::Stopwatch;
use tower::ServiceExt;

use crate::world::{TOKEN, World};

const REQUESTS: u32 = 200_000;

pub async fn measure() {
    let world = World::open().await;
    for (what, path) in [("bare", "/bare"), ("ready-made", "/ready-made"), ("list", &world.path)] {
        let took = ask(&world, path).await;
        let us = took.as_secs_f64() * 1e6 / f64::from(REQUESTS);
        println!("{}", json!({ "what": what, "us": (us * 100.0).round() / 100.0 }));
    }
}

async fn ask(world: &World, path: &str) -> Duration {
    let started = Stopwatch::start();
    for _ in 0..REQUESTS {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        let request = request.body(Body::empty()).expect("a request");
        let answer = world.routes.clone().oneshot(request).await.expect("never fails");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let body = to_bytes(answer.into_body(), usize::MAX).await.expect("in memory");
        assert_eq!(body.len(), world.bytes());
    }
    started.elapsed()
}
