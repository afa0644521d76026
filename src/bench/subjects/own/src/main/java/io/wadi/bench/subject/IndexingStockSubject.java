package io.wadi.bench.subject;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.es.ElasticsearchComponent;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ContextServiceLoaderPluginResolver;
import org.apache.camel.support.service.ServiceSupport;

/** Camel without Wadi: one exchange and one index request per record. */
public final class IndexingStockSubject implements Subject {

    @Override
    public void land(Job job) throws Exception {
        try (DefaultCamelContext camel = new Plain()) {
            camel.addComponent("kafka", new KafkaComponent());
            camel.addComponent("elasticsearch", new ElasticsearchComponent());
            camel.addRoutes(new Route(job));
            camel.start();
            Probe.awaitFinished();
        }
    }

    private static final class Route extends RouteBuilder {
        private final Job job;
        private final AtomicLong left;

        Route(Job job) {
            this.job = job;
            this.left = new AtomicLong(job.records());
        }

        @Override
        public void configure() {
            from("kafka:%s?brokers=%s&groupId=%s&autoOffsetReset=earliest&interceptorClasses=%s"
                            .formatted(job.topic(), job.brokers(), job.group(), Probe.class.getName()))
                    .process(exchange -> exchange.getMessage()
                            .setHeader(
                                    "indexId",
                                    job.topic() + "+" + exchange.getMessage().getHeader(KafkaConstants.PARTITION) + "+"
                                            + exchange.getMessage().getHeader(KafkaConstants.OFFSET)))
                    .to("elasticsearch:bench?operation=Index&indexName=%s&hostAddresses=%s"
                            .formatted(job.directory(), job.setting("elasticsearch")))
                    .process(exchange -> {
                        if (left.decrementAndGet() == 0) {
                            Probe.finished();
                        }
                    });
        }
    }

    /** A context without Wadi's parts, which Camel would otherwise discover. */
    private static final class Plain extends DefaultCamelContext {
        @Override
        protected ContextServiceLoaderPluginResolver createContextServiceLoaderPlugin() {
            return new NoPlugins();
        }
    }

    private static final class NoPlugins extends ServiceSupport implements ContextServiceLoaderPluginResolver {
        private CamelContext context;

        @Override
        public void setCamelContext(CamelContext newContext) {
            context = newContext;
        }

        @Override
        public CamelContext getCamelContext() {
            return context;
        }
    }
}
