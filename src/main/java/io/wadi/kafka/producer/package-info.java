/** The producer of every route, its acknowledgements and transactions. */
package io.wadi.kafka.producer;
