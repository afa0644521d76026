package io.wadi.metrics.notification;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer with one thread that reads the topic, and one sender thread per Alertmanager, so that a slow Alertmanager
 * does not delay the others.
 */
final class ActiveAlertsConsumer extends DefaultConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveAlertsConsumer.class);

    private final AlertReader.Source source;
    private final AlertSender.Schedule schedule;
    private final List<String> addresses;
    private final NotificationMeters meters;
    private ExecutorService threads;
    private CountDownLatch stopped;
    private AlertReader reader;

    ActiveAlertsConsumer(
            ActiveAlertsEndpoint endpoint,
            Processor processor,
            AlertReader.Source source,
            AlertSender.Schedule schedule,
            List<String> addresses,
            NotificationMeters meters) {
        super(endpoint, processor);
        this.source = source;
        this.schedule = schedule;
        this.addresses = addresses;
        this.meters = meters;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        stopped = new CountDownLatch(1);
        if (addresses.isEmpty()) {
            LOG.info("Alert notifications of {}: disabled, because wadi.alerts.webhook.urls is empty", source.topic());
            return;
        }
        AlertBoard board = AlertBoard.ofHeap();
        meters.firing(board);
        threads = getEndpoint()
                .getCamelContext()
                .getExecutorServiceManager()
                .newFixedThreadPool(this, "AlertNotifications", addresses.size() + 1);
        reader = new AlertReader(source, board, meters, stopped);
        threads.execute(reader);
        for (String address : addresses) {
            AlertSender sender = new AlertSender(address, board, this::send, schedule, meters, stopped);
            meters.sender(sender);
            threads.execute(sender);
        }
    }

    private void send(String address, byte[] body) throws Exception {
        Exchange exchange = createExchange(false);
        try {
            exchange.setProperty(Webhook.ADDRESS, address);
            exchange.getMessage().setBody(body);
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
        } finally {
            releaseExchange(exchange, false);
        }
    }

    /** Waits for the requests in flight, each of which ends within its timeout. */
    @Override
    protected void doStop() throws Exception {
        stopped.countDown();
        if (threads != null) {
            reader.wakeup();
            getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(threads);
            threads = null;
            meters.removeGauges();
        }
        super.doStop();
    }
}
