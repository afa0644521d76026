/** Sources: what is read elsewhere becomes records of a topic, each once, by positions that Kafka keeps. */
package io.wadi.extension.connectors.source;
