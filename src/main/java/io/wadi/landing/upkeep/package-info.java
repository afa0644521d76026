/** What is done beside landing with what has landed: it is compared with Kafka, and small files are merged. */
package io.wadi.landing.upkeep;
