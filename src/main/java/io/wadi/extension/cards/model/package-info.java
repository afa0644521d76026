/** Fraud models: evaluation, storage, PMML import and training. */
package io.wadi.extension.cards.model;
