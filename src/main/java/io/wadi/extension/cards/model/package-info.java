/** Models of fraud: what they are made of, how they are kept, brought in from elsewhere, trained and judged. */
package io.wadi.extension.cards.model;
