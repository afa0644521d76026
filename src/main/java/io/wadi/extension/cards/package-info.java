/**
 * Card payments, card histories, and the features that rules and models use. Training and scoring compute features by
 * the same code, {@link io.wadi.extension.cards.CardHistory#take}. The package has no dependency on Kafka, threads or
 * clocks.
 */
package io.wadi.extension.cards;
