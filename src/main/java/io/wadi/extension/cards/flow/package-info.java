/** The stream of card payments on Kafka Streams: a history a card, the rules, the model in force and the one in its shadow. */
package io.wadi.extension.cards.flow;
