package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.kafka.Producers;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import java.util.List;
import java.util.Properties;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The topic {@code orders} lands in the directory of its route, other topics in the directory of the settings. */
final class LandedTargetTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition OTHERS = new TopicPartition("others", 0);

    private final HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of("hdfs://localhost:1"));
    private final TopicIdentities identities = new TopicIdentities(Properties::new);
    private final DefaultCamelContext context = new DefaultCamelContext(withoutPipeline());
    private final MemoryFileStore store = new MemoryFileStore();
    private final LandedTarget target =
            new LandedTarget(context, List.of("others"), "group", store, "/data", new SimpleMeterRegistry());

    /** Returns a registry with which Wadi's plugin binds no services of its own. */
    private static Registry withoutPipeline() {
        Registry registry = new DefaultRegistry();
        registry.bind("wadi-read-only", true);
        return registry;
    }

    @BeforeEach
    void start() throws Exception {
        LandingComponent landing = new LandingComponent();
        landing.setHdfs(hdfs);
        context.addComponent("landing", landing);
        context.getRegistry().bind("deadLetters", new DeadLetterSender("wadi.dead-letter", Producers::inMemory));
        context.getRegistry().bind("identities", identities);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // Camel wraps the input and the target of the next route.
                interceptSendToEndpoint("(kafka|landing):.*").to("log:sent");
                from("direct:intercepting").to("log:none");
                from("kafka:orders?brokers=localhost:1&groupId=archive")
                        .autoStartup(false)
                        .to("landing:/archive");
            }
        });
        context.start();
    }

    @AfterEach
    void stop() throws Exception {
        context.close();
        identities.close();
        hdfs.close();
    }

    @Test
    void expired_isReadInTheDirectoryOfTheRoute() throws Exception {
        for (String root : List.of("/archive", "/data")) {
            for (TopicPartition partition : List.of(ORDERS, OTHERS)) {
                long last = root.equals("/archive") ? 9 : 5;
                store.put(new Layout(root).expired(partition) + "/" + new OffsetRange(0, last).name(), "");
            }
        }

        assertThat(target.expired(ORDERS)).containsExactly(new Range(0, 9));
        assertThat(target.expired(OTHERS)).containsExactly(new Range(0, 5));
    }

    @Test
    void find_findsFilesInTheDirectoryOfTheRoute() throws Exception {
        for (String root : List.of("/archive", "/data")) {
            for (TopicPartition partition : List.of(ORDERS, OTHERS)) {
                store.put(new Layout(root).visible(new LandedFile(partition, 0, 9), ""), "");
            }
        }

        assertThat(file(ORDERS)).startsWith("/archive/orders/");
        assertThat(file(OTHERS)).startsWith("/data/others/");
    }

    private String file(TopicPartition partition) throws Exception {
        return (String)
                target.find(new ConsumerRecord<>(partition.topic(), partition.partition(), 4, new byte[0], new byte[0]))
                        .orElseThrow()
                        .get("file");
    }
}
