package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static io.wadi.kafka.Flow.start;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Delivery of single records on real Kafka. {@link ErrorSettingsIT} tests camel-kafka's error settings. */
@Execution(ExecutionMode.CONCURRENT)
class FlowConsumerIT {

    // ---- completion

    @Test
    void handledFailure_completesTheRecord() throws Exception {
        TopicProbe.create("handled", 1);
        Flow.produce("handled", 1, 0, 10);
        Recorder recorder = new Recorder((given, number) -> given.offset() == 4);
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true);
                from("kafka:handled?groupId=handled").process(recorder);
            }
        })) {
            awaitCommitted("handled", 0, 10);
        }
        assertThat(recorder.tries()).extracting(Recorder.Try::value).isEqualTo(Flow.values(0, 10));
    }

    /** Camel wraps the inputs of later routes if their URI matches the pattern of an interceptor. */
    @Test
    void failedRecordOfAnInterceptedInput_isRetried() throws Exception {
        TopicProbe.create("intercepted", 1);
        Flow.produce("intercepted", 1, 0, 10);
        AtomicBoolean failed = new AtomicBoolean();
        List<String> done = new CopyOnWriteArrayList<>();
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                interceptSendToEndpoint("kafka:*").to("log:sent");
                from("direct:intercepting").to("log:none");
                from("kafka:intercepted?groupId=intercepted").process(exchange -> {
                    String value = exchange.getMessage().getBody(String.class);
                    if (value.equals("0-4") && failed.compareAndSet(false, true)) {
                        throw new IllegalStateException("planned failure");
                    }
                    done.add(value);
                });
            }
        })) {
            awaitCommitted("intercepted", 0, 10);
        }
        assertThat(done).isEqualTo(Flow.values(0, 10));
    }

    @Test
    void errorsInSteps_areHandledAsExceptions() throws Exception {
        TopicProbe.create("step-errors", 1);
        Flow.produce("step-errors", 1, 0, 10);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        List<Error> errors = List.of(new StackOverflowError(), new NoClassDefFoundError(), new AssertionError());
        Recorder handled = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Error.class).handled(true).process(handled);
                from("kafka:step-errors?groupId=step-errors").process(recorder).process(exchange -> {
                    int record = recorder.tries().size() - 1;
                    if (record < errors.size()) {
                        throw errors.get(record);
                    }
                });
            }
        })) {
            awaitCommitted("step-errors", 0, 10);
        }
        assertThat(recorder.done()).isEqualTo(Flow.values(0, 10));
        assertThat(handled.done()).isEqualTo(Flow.values(0, errors.size()));
    }

    @Test
    void errorInAStep_withoutErrorHandler_redeliversTheRecord() throws Exception {
        TopicProbe.create("step-error", 1);
        Flow.produce("step-error", 1, 0, 3);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        Processor failOnce = exchange -> {
            if (recorder.tries(0, 1).size() == 1 && recorder.tries(0, 2).isEmpty()) {
                throw new StackOverflowError();
            }
        };
        try (Flow flow = start("step-error", "", recorder, failOnce)) {
            awaitCommitted("step-error", 0, 3);
        }
        assertThat(recorder.done()).containsExactly("0-0", "0-1", "0-1", "0-2");
    }

    @Test
    void rolledBackExchange_isRedelivered() throws Exception {
        TopicProbe.create("rollback", 1);
        Flow.produce("rollback", 1, 0, 3);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        Processor rollBackOnce = exchange -> exchange.setRollbackOnly(
                recorder.tries(0, 1).size() == 1 && recorder.tries(0, 2).isEmpty());
        try (Flow flow = start("rollback", "", recorder, rollBackOnce)) {
            awaitCommitted("rollback", 0, 3);
        }
        assertThat(recorder.done()).containsExactly("0-0", "0-1", "0-1", "0-2");
    }

    @Test
    void recordsCompletedOnAnotherThread_areAwaited() throws Exception {
        TopicProbe.create("seda", 2);
        Flow.produce("seda", 2, 0, 50);
        AtomicBoolean ranAhead = new AtomicBoolean();
        Recorder recorder = new Recorder((given, number) -> {
            if (Flow.committed("seda", "seda", given.partition()) > given.offset()) {
                ranAhead.set(true);
            }
            return given.offset() % 20 == 7 && number == 1;
        });
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:seda?groupId=seda").to("seda:later");
                from("seda:later").process(recorder);
            }
        })) {
            awaitCommitted("seda", 0, 50);
            awaitCommitted("seda", 1, 50);
        }
        assertThat(recorder.done(0)).isEqualTo(Flow.values(0, 50));
        assertThat(recorder.done(1)).isEqualTo(Flow.values(1, 50));
        assertThat(ranAhead).isFalse();
    }

    @Test
    void recordsSlowerThanTheMaxPollInterval_areProcessedOnce() throws Exception {
        TopicProbe.create("slow", 2);
        Flow.produce("slow", 2, 0, 10);
        CountDownLatch never = new CountDownLatch(1);
        Recorder recorder = new Recorder((given, number) -> never.await(600, TimeUnit.MILLISECONDS));
        try (Flow flow = start("slow", "&maxPollIntervalMs=10000&heartbeatIntervalMs=1000", recorder)) {
            awaitCommitted("slow", 0, 10);
            awaitCommitted("slow", 1, 10);
        }
        assertThat(recorder.done(0)).isEqualTo(Flow.values(0, 10));
        assertThat(recorder.done(1)).isEqualTo(Flow.values(1, 10));
    }

    @Test
    void batching_isRejectedWithTheAlternative() {
        assertThatThrownBy(() -> start("batching", "&batching=true", new Recorder(Recorder.Plan.NO_FAILURES)))
                .rootCause()
                .hasMessageContaining("batching=true is not supported: ")
                .hasMessageContaining("set kafkaClientFactory=#record-batches to receive batches of records");
    }

    // ---- offsets

    @Test
    void offsetGapsOfTransactions_areSkipped() throws Exception {
        TopicProbe.create("gaps", 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Flow.brokers(), "transactional.id", "gaps"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            for (int transaction = 0; transaction < 6; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < 5; i++) {
                    byte[] value = (transaction + "-" + i).getBytes(UTF_8);
                    producer.send(new ProducerRecord<>("gaps", 0, null, value));
                }
                if (transaction % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        // Offsets: 0-4, marker, 6-10 aborted, marker, 12-16, and so on up to 28, marker, 30-34 aborted, marker.
        Recorder recorder =
                new Recorder((given, number) -> (given.offset() == 12 || given.offset() == 28) && number < 3);
        try (Flow flow = start("gaps", "&isolationLevel=read_committed", recorder)) {
            awaitCommitted("gaps", 0, 36);
        }
        assertThat(recorder.done())
                .containsExactly(
                        "0-0", "0-1", "0-2", "0-3", "0-4", "2-0", "2-1", "2-2", "2-3", "2-4", "4-0", "4-1", "4-2",
                        "4-3", "4-4");
    }

    @Test
    void recordsThatExpireDuringBackoff_areSkipped() throws Exception {
        TopicProbe.create("expiry", 2);
        Flow.produce("expiry", 2, 0, 10);
        Recorder recorder = new Recorder((given, number) -> given.partition() == 0 && given.offset() == 3);
        try (Flow flow = start("expiry", "", recorder)) {
            await().until(() -> recorder.tries(0, 3).size() >= 2);
            TopicProbe.delete(new TopicPartition("expiry", 0), 6);
            awaitCommitted("expiry", 0, 10);
            awaitCommitted("expiry", 1, 10);
        }
        assertThat(recorder.done(0)).containsExactly("0-0", "0-1", "0-2", "0-6", "0-7", "0-8", "0-9");
        assertThat(recorder.done(1)).isEqualTo(Flow.values(1, 10));
    }

    @Test
    void addedPartitions_areRead() throws Exception {
        TopicProbe.create("grow", 1);
        Flow.produce("grow", 1, 0, 5);
        Recorder recorder = new Recorder((given, number) -> given.offset() == 2 && number == 1);
        try (Flow flow = start("grow", "&metadataMaxAgeMs=300", recorder)) {
            awaitCommitted("grow", 0, 5);
            TopicProbe.grow("grow", 3);
            Flow.produce("grow", 3, 5, 5);
            awaitCommitted("grow", 0, 10);
            awaitCommitted("grow", 1, 5);
            awaitCommitted("grow", 2, 5);
        }
        assertThat(recorder.done(0)).isEqualTo(Flow.values(0, 10));
        assertThat(recorder.done(1)).containsExactly("1-5", "1-6", "1-7", "1-8", "1-9");
        assertThat(recorder.done(2)).containsExactly("2-5", "2-6", "2-7", "2-8", "2-9");
    }

    @Test
    void topicPattern_subscribesToTopicsCreatedLater() throws Exception {
        TopicProbe.create("pattern-a", 1);
        Flow.produce("pattern-a", 1, 0, 5);
        Recorder recorder = new Recorder((given, number) -> given.offset() == 2 && number == 1);
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:pattern-.*?topicIsPattern=true&groupId=pattern&metadataMaxAgeMs=300")
                        .process(recorder);
            }
        })) {
            await().until(() -> Flow.committed("pattern", "pattern-a", 0) == 5);
            TopicProbe.create("pattern-b", 1);
            Flow.produce("pattern-b", 1, 0, 5);
            await().until(() -> Flow.committed("pattern", "pattern-b", 0) == 5);
        }
        assertThat(recorder.done())
                .containsExactly("0-0", "0-1", "0-2", "0-3", "0-4", "0-0", "0-1", "0-2", "0-3", "0-4");
    }

    // ---- suspension

    @Test
    void partitionInBackoff_staysInBackoffAcrossSuspendAndResume() throws Exception {
        TopicProbe.create("suspend", 2);
        Flow.produce("suspend", 2, 0, 5);
        Recorder recorder =
                new Recorder((given, number) -> given.partition() == 0 && given.offset() == 2 && number <= 5);
        try (Flow flow = start("suspend", "", recorder)) {
            // The next attempt is at least 1.2 s away.
            await().until(() -> recorder.tries(0, 2).size() >= 4);
            flow.camel().getRouteController().suspendRoute("suspend");
            flow.camel().getRouteController().resumeRoute("suspend");
            awaitCommitted("suspend", 0, 5);
            assertThat(recorder.pausesMs(0, 2).get(3)).isGreaterThanOrEqualTo(1200);

            flow.camel().getRouteController().suspendRoute("suspend");
            KafkaConsumer consumer =
                    (KafkaConsumer) flow.camel().getRoute("suspend").getConsumer();
            await().until(consumer::isKafkaPaused);
            Flow.produce("suspend", 2, 5, 5);
            int before = recorder.tries().size();
            await().during(Duration.ofSeconds(1)).until(() -> recorder.tries().size() == before);
            flow.camel().getRouteController().resumeRoute("suspend");
            awaitCommitted("suspend", 0, 10);
            awaitCommitted("suspend", 1, 10);
        }
        assertThat(recorder.done(0)).isEqualTo(Flow.values(0, 10));
        assertThat(recorder.done(1)).isEqualTo(Flow.values(1, 10));
    }

    // ---- headers

    @Test
    void recordHeaders_neitherAffectRoutingNorArePassedOn() throws Exception {
        for (String topic : List.of("headers", "headers-out", "headers-stolen")) {
            TopicProbe.create(topic, 2);
        }
        ProducerRecord<byte[], byte[]> hostile =
                new ProducerRecord<>("headers", 1, "key".getBytes(UTF_8), "value".getBytes(UTF_8));
        for (String name : List.of(
                "kafka.OVERRIDE_TOPIC",
                "kafka.OVERRIDE_TIMESTAMP",
                "kafka.KEY",
                "kafka.PARTITION_KEY",
                "CamelFoo",
                "camelFoo",
                "CamelToEndpoint",
                "plain")) {
            hostile.headers().add(name, "headers-stolen".getBytes(UTF_8));
        }
        KafkaProbe.send(hostile);
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:headers?groupId=headers")
                        .setHeader("own", constant("of the route"))
                        .to("kafka:headers-out");
            }
        })) {
            awaitCommitted("headers", 1, 1);
        }
        ConsumerRecord<byte[], byte[]> routed =
                KafkaProbe.readAll("headers-out").get(0);
        assertThat(new String(routed.key(), UTF_8)).isEqualTo("key");
        assertThat(new String(routed.value(), UTF_8)).isEqualTo("value");
        assertThat(routed.headers()).extracting(header -> header.key()).containsExactly("own");
        assertThat(KafkaProbe.readAll("headers-stolen")).isEmpty();
    }
}
