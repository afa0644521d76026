/** Spring Boot and KafkaTemplate, measured beside Wadi. */
package io.wadi.bench.spring;
