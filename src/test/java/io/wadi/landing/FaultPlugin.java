package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.hdfs.HdfsOptions;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A Camel plugin that stops landing at the {@link FaultPoint} of this process. Does nothing without a fault point. */
public final class FaultPlugin implements ContextServicePlugin {
    private static final FaultPoint POINT = FaultPoint.ofThisProcess();

    @Override
    public void load(CamelContext context) {
        if (System.getProperty(FaultPoint.PROPERTY) == null) {
            return;
        }
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextInitializing(CamelContext initializing) {
                LandingComponent faulty = new LandingComponent() {
                    @Override
                    FileStore fileStore(HdfsFileStore.FileOptions options) {
                        return new FaultyFileStore(super.fileStore(options), POINT);
                    }
                };
                faulty.setHdfs(new HdfsConnection(HdfsOptions.of(System.getProperty("wadi.hdfs.uri"))));
                initializing.getRegistry().bind("landing", Component.class, faulty);
            }
        });
    }

    /** Called by the Kafka client after each acknowledged commit. */
    public static final class AfterCommit implements ConsumerInterceptor<Object, Object> {
        @Override
        public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            POINT.pass(FaultPoint.Operation.COMMIT, false);
        }

        @Override
        public void close() {
            // no resources
        }

        @Override
        public void configure(Map<String, ?> configuration) {
            // no settings
        }
    }
}
