package io.wadi.runtime.health;

import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A step that blocks the event loop of its request until the test releases it. Camel creates it by its class name. */
public final class BlockedLoop implements Processor {
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    @Override
    public void process(Exchange exchange) throws InterruptedException {
        RELEASED.await();
    }

    static void release() {
        RELEASED.countDown();
    }
}
