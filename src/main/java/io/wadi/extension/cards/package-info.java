/**
 * Card payments: what a payment is, what is remembered of a card, and what is read off both for rules and models. Training and
 * scoring go through the same code, {@link io.wadi.extension.cards.CardHistory#take}, so that a model is asked what it has learnt.
 *
 * <p>Nothing here knows Kafka, holds a thread or looks at a clock: payments have times of their own.
 */
package io.wadi.extension.cards;
