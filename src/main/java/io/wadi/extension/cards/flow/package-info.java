/** Evaluates card payments on Kafka Streams with card histories, rules, the active model and a shadow model. */
package io.wadi.extension.cards.flow;
