//! What the label of a package says.

use domain::{
    bridge::{LabelForm, Preview},
    fulfillment::{Fulfillment, Method},
    ids::{FulfillmentId, PackageId},
    package::Package,
    rejection::Rejection,
    sync::{CustomerCard, kind},
};

use super::Engine;
use crate::{
    error::Answer,
    printing::{LabelJob, Postal, Rendered},
};

const SCREEN_DPI: u16 = 203;

impl Engine {
    /// A label as a picture.
    ///
    /// # Errors
    /// [`Rejection`] when there is no such package, or it cannot have such a label.
    pub fn preview_label(
        &self,
        id: FulfillmentId,
        package: PackageId,
        form: LabelForm,
    ) -> Answer<Preview> {
        self.require_session()?;
        Ok(Preview { svg: self.draw(&self.label(id, package, form, SCREEN_DPI)?)?.svg })
    }

    /// A label in every form, for a file or a printer.
    ///
    /// # Errors
    /// As for [`Engine::preview_label`].
    pub fn rendered_label(
        &self,
        id: FulfillmentId,
        package: PackageId,
        form: LabelForm,
        dpi: u16,
    ) -> Answer<Rendered> {
        self.draw(&self.label(id, package, form, dpi)?)
    }

    pub(super) fn draw(&self, label: &LabelJob) -> Answer<Rendered> {
        let drawn = self.renderer.render(label);
        Ok(drawn.map_err(|error| Rejection::Server { message: format!("{error}.") })?)
    }

    pub(super) fn label(
        &self,
        id: FulfillmentId,
        package: PackageId,
        form: LabelForm,
        dpi: u16,
    ) -> Answer<LabelJob> {
        let view = self.require_view(id)?;
        let package = view.package(package).ok_or(Rejection::UnknownPackage)?;
        if form == LabelForm::Logistic && package.sscc.is_none() {
            return Err(Rejection::NoPackageNumbers.into());
        }
        let slot = package.slot().cloned().or_else(|| self.proposed_slot(view));
        Ok(LabelJob {
            form,
            sender: self.sender(),
            receiver: self.receiver(view),
            package: package.id,
            sscc: package.sscc.clone(),
            service: service(view).to_owned(),
            short_code: view.short_code(),
            number: package.number,
            packages: u32::try_from(view.packages().len()).unwrap_or(u32::MAX),
            weight_g: package.weight_g.or_else(|| self.weight_of(view, package)),
            slot: slot.map(|slot| slot.to_string()),
            promise_at_ms: view.promise_at().0,
            time_zone: self
                .place
                .as_ref()
                .map_or_else(|| "UTC".to_owned(), |card| card.location.time_zone.clone()),
            copy: package.labels_printed > 0,
            dpi,
        })
    }

    fn sender(&self) -> Postal {
        let Some(card) = &self.place else { return Postal::default() };
        let place = card.location.clone();
        Postal {
            name: place.name,
            street: place.street,
            city: place.city,
            region: place.region,
            postcode: place.postcode,
            country: place.country,
        }
    }

    fn receiver(&self, view: &Fulfillment) -> Postal {
        let order = view.order().to_string();
        let card: Option<CustomerCard> = self.replica.entity(kind::CUSTOMER, &order).ok().flatten();
        let Some(card) = card else { return Postal::default() };
        let Some(address) = card.address else {
            return Postal { name: card.name, ..Postal::default() };
        };
        Postal {
            name: address.name,
            street: address.street,
            city: address.city,
            region: address.region,
            postcode: address.postcode,
            country: address.country,
        }
    }

    /// The sum of the items' weights, where all are known.
    fn weight_of(&self, view: &Fulfillment, package: &Package) -> Option<u32> {
        let one = |content: &domain::package::Content| {
            let line = view.line(content.line)?;
            self.item(&line.sku)?.weight_g?.checked_mul(content.units)
        };
        package.contents.iter().try_fold(0_u32, |sum, content| sum.checked_add(one(content)?))
    }
}

const fn service(view: &Fulfillment) -> &'static str {
    match view.method() {
        Method::Pickup => "STORE PICKUP",
        Method::Ship => "STORE DELIVERY",
    }
}
