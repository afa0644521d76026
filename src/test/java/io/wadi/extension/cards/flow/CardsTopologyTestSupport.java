package io.wadi.extension.cards.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.extension.cards.Rule;
import io.wadi.extension.cards.model.LocalModelFiles;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.testing.AdjustableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The topology of card payments, run by the test driver of Kafka Streams instead of Kafka. */
abstract class CardsTopologyTestSupport {
    static final Instant START = Instant.parse("2026-11-20T01:00:00Z");
    static final Duration CLOCK_SKEW = Duration.ofDays(1);
    /** The time after the last payment of a card at which its history is removed. */
    static final Duration EXPIRY = Duration.ofDays(30);

    final AdjustableClock clock = new AdjustableClock(START);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Path directory;
    ModelStore store;
    ActiveModels models;

    @AutoClose
    TopologyTestDriver driver;

    TestInputTopic<byte[], byte[]> payments;
    TestOutputTopic<byte[], byte[]> decisions;
    TestOutputTopic<byte[], byte[]> alerts;
    TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start(@TempDir Path models) {
        directory = models;
        store = new ModelStore(new LocalModelFiles(models));
        this.models = new ActiveModels(store);
        open(3);
    }

    final CardsTopology topology(long maxCards) {
        return new CardsTopology(
                new CardsTopology.Options(
                        "in",
                        "decisions",
                        "alerts",
                        new Rule.Limits(EnumSet.allOf(Rule.class), 3000, 5, 1000),
                        CLOCK_SKEW,
                        maxCards,
                        EXPIRY),
                models,
                new CardMeters(registry, models),
                new DeadLetterSender("dead-letters", () -> {
                    throw new AssertionError("dead letters go through the topology");
                }),
                clock);
    }

    static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        return settings;
    }

    final void open(long maxCards) {
        driver = new TopologyTestDriver(topology(maxCards).get(), settings(), START);
        ByteArraySerializer in = new ByteArraySerializer();
        payments = driver.createInputTopic("in", in, in);
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        decisions = driver.createOutputTopic("decisions", out, out);
        alerts = driver.createOutputTopic("alerts", out, out);
        deadLetters = driver.createOutputTopic("dead-letters", out, out);
    }

    final void pay(String card, double amount, int minute) {
        payments.pipeInput(
                card.getBytes(UTF_8),
                "{\"id\":\"p%d\",\"card\":\"%s\",\"at\":\"%s\",\"amount\":%s,\"country\":\"DE\",\"category\":\"fuel\"}"
                        .formatted(minute, card, START.plusSeconds(60L * minute), amount)
                        .getBytes(UTF_8));
    }

    final double counted(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
