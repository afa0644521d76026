/** Generates card payments with known frauds for training, tests and demonstrations. */
package io.wadi.extension.cards.generate;
