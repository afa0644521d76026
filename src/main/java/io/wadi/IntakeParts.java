package io.wadi;

import io.wadi.ingest.AnswerPixel;
import io.wadi.ingest.AnswerRecords;
import io.wadi.ingest.DescribeTopic;
import io.wadi.ingest.Document;
import io.wadi.ingest.FindRestTopic;
import io.wadi.ingest.ListTopics;
import io.wadi.ingest.ReadPixel;
import io.wadi.ingest.ReadRecords;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.kafka.TopicKeeper;
import io.wadi.kafka.TopicLook;
import io.wadi.kafka.Topics;
import java.time.Clock;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;

/** The steps of intake's routes besides those of events: of the Kafka REST convention, of pixels, and documents. */
final class IntakeParts {
    private final Registry registry;

    /** Takes where routes find the steps. */
    IntakeParts(Registry registry) {
        this.registry = registry;
    }

    /** Binds the steps of {@code routes/kafka-rest.camel.yaml}. */
    void bindRest(Topics topics, TopicKeeper keeper, TopicLook look, BodyLimits limits) {
        bind("rest-topic", new FindRestTopic(topics));
        bind("read-records", new ReadRecords(limits));
        bind("answer-records", new AnswerRecords(keeper::partitions));
        bind("list-topics", new ListTopics(topics));
        bind("describe-topic", DescribeTopic.whole(look));
        bind("describe-partitions", DescribeTopic.partitions(look));
        bind("describe-partition", DescribeTopic.partition(look));
        bind("describe-offsets", DescribeTopic.offsets(look));
    }

    /** Binds the steps of {@code routes/pixel.camel.yaml}. */
    void bindPixel(Clock clock) {
        bind("read-pixel", new ReadPixel(clock));
        bind("answer-pixel", new AnswerPixel());
    }

    /** Binds the documents of {@code routes/documents.camel.yaml}. */
    void bindDocuments() {
        bind(
                "wadi-js",
                new Document("/io/wadi/ingest/wadi.js", "text/javascript; charset=utf-8", "public, max-age=3600"));
        bind("openapi", new Document("/io/wadi/ingest/openapi.json", "application/json", "no-cache"));
    }

    private void bind(String name, Processor step) {
        registry.bind(name, Processor.class, step);
    }
}
