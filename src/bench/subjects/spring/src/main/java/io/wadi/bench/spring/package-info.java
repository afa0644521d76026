/** Spring Boot and KafkaTemplate, measured in comparison with Wadi. */
package io.wadi.bench.spring;
