//! Many rows in one statement do what as many statements would.

use sync_server::db::{BULK_ROWS_MAX, DbError, Rows, Tx};

use crate::subject::Subject;

type Sample = (i64, Option<i64>, Option<String>, Option<Vec<u8>>);

fn samples() -> Vec<Sample> {
    let mut samples = vec![
        (i64::MIN, Some(i64::MAX), Some(String::new()), Some(Vec::new())),
        (-1, None, None, None),
        (0, Some(0), Some("quote ' \" \\ \n \u{1} é 🧦".to_owned()), Some((0..=255).collect())),
        (i64::MAX, Some(i64::MIN), Some("123".to_owned()), Some(vec![0])),
    ];
    samples.extend((1..2_000).map(|at| (at, Some(at * at), Some(format!("row {at}")), None)));
    samples
}

fn rows(samples: &[Sample]) -> Rows<'_> {
    Rows::new()
        .i64("at", samples.iter().map(|sample| sample.0))
        .i64("number", samples.iter().map(|sample| sample.1))
        .text("words", samples.iter().map(|sample| sample.2.as_deref()))
        .bytes("bytes", samples.iter().map(|sample| sample.3.as_deref()))
}

fn create(tx: &mut Tx, postgres: bool) -> Result<(), DbError> {
    for table in if postgres {
        [
            "create table one (at bigint primary key, number bigint, words text, bytes bytea)",
            "create table many (at bigint primary key, number bigint, words text, bytes bytea)",
        ]
    } else {
        [
            "create table one (at integer primary key, number integer, words text, bytes blob) strict",
            "create table many (at integer primary key, number integer, words text, bytes blob) strict",
        ]
    } {
        tx.exec(table, &[])?;
    }
    Ok(())
}

fn read(tx: &mut Tx, sql: &'static str) -> Result<Vec<Sample>, DbError> {
    tx.query(sql, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}

pub async fn bulk_equals_row_by_row(subject: Subject) {
    let db = subject.open().await;
    let postgres = subject.is_postgres();
    let (one, many) = db
        .write(move |tx| {
            create(tx, postgres)?;
            let samples = samples();
            for (at, number, words, bytes) in &samples {
                let insert = "insert into one (at, number, words, bytes) values ($1, $2, $3, $4)";
                tx.exec(insert, &[at, number, words, bytes])?;
            }
            let insert = "insert into many (at, number, words, bytes)
                          select at, number, words, bytes from {rows}";
            let inserted = tx.exec_bulk(insert, &[], &rows(&samples))?;
            assert_eq!(inserted, samples.len() as u64);
            Ok::<_, DbError>((
                read(tx, "select at, number, words, bytes from one order by at")?,
                read(tx, "select at, number, words, bytes from many order by at")?,
            ))
        })
        .await
        .expect("both ways work");
    assert_eq!(one.len(), samples().len());
    assert_eq!(one, many);
}

pub async fn bulk_updates_and_reads(subject: Subject) {
    let db = subject.open().await;
    let postgres = subject.is_postgres();
    db.write(move |tx| {
        create(tx, postgres)?;
        let (keys, numbers) = ([1_i64, 2, 3], [10_i64, 20, 30]);
        let given = Rows::new().i64("at", keys).i64("number", numbers);
        // A plain parameter beside the rows, and an upsert that skips what is equal.
        let upsert = "insert into many (at, number, words)
            select at, number, $1 from {rows} where true
            on conflict (at) do update set number = excluded.number, words = excluded.words
            where many.number is distinct from excluded.number";
        assert_eq!(tx.exec_bulk(upsert, &[&"first"], &given)?, 3);
        assert_eq!(tx.exec_bulk(upsert, &[&"again"], &given)?, 0);
        let changed = Rows::new().i64("at", [2_i64, 9]).i64("number", [21_i64, 90]);
        assert_eq!(tx.exec_bulk(upsert, &[&"changed"], &changed)?, 2);
        let update = "update many set number = many.number + rows.number from {rows}
            where many.at = rows.at and many.words = $1";
        assert_eq!(tx.exec_bulk(update, &[&"first"], &given)?, 2);
        let wanted = Rows::new().i64("at", [3_i64, 2, 77]);
        let found = tx.query_bulk(
            "select many.at, many.number from {rows} join many on many.at = rows.at order by 1",
            &[],
            &wanted,
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )?;
        assert_eq!(found, [(2, 21), (3, 60)]);
        Ok::<_, DbError>(())
    })
    .await
    .expect("valid");
}

pub async fn no_rows_are_no_statement(subject: Subject) {
    let db = subject.open().await;
    let none = || Rows::new().i64("at", Vec::<i64>::new());
    let ran = db.write(move |tx| tx.exec_bulk("not even sql {rows}", &[], &none()));
    assert_eq!(ran.await.map_err(|error: DbError| error).expect("nothing runs"), 0);
}

pub async fn too_many_rows_are_refused(subject: Subject) {
    let db = subject.open().await;
    let count = "select count(*) from {rows}";
    let counted = move |rows: usize| {
        db.read(move |tx| {
            let rows = Rows::new().i64("at", vec![1_i64; rows]);
            tx.query_bulk(count, &[], &rows, |row| row.get::<i64>(0))
        })
    };
    assert_eq!(counted(BULK_ROWS_MAX).await.expect("at the bound"), [10_000]);
    assert!(matches!(counted(BULK_ROWS_MAX + 1).await, Err(DbError::Parameter { .. })));
}
