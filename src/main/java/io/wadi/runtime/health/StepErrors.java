package io.wadi.runtime.health;

import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.spi.WrapAwareProcessor;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets an {@code Error} that a route's step throws as the exception of the exchange, so that the route's error handler
 * handles it. Camel catches only exceptions: an error would end the thread of a consumer, or leave the exchange
 * uncompleted. {@link FatalErrors} end the process.
 */
public final class StepErrors implements InterceptStrategy {
    private static final Logger LOG = LoggerFactory.getLogger(StepErrors.class);

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor next) {
        return new Step(AsyncProcessorConverterHelper.convert(target));
    }

    private static final class Step extends DelegateAsyncProcessor implements WrapAwareProcessor {
        Step(AsyncProcessor target) {
            super(target);
        }

        /** Returns the step. Camel adds a wrapper to each processor that does not implement this method. */
        @Override
        public Processor getWrapped() {
            return processor;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Completion completion = new Completion(callback);
            boolean isSynchronous;
            try {
                isSynchronous = processor.process(exchange, completion);
            } catch (Error e) {
                FatalErrors.endOn(e);
                if (!completion.claim()) {
                    LOG.error("A step failed after it had completed its exchange", e);
                    return false;
                }
                exchange.setException(e);
                callback.done(true);
                return true;
            }
            completion.returned();
            return isSynchronous;
        }
    }

    /**
     * Passes only the first completion on to Camel. A synchronous completion is held until the step has returned:
     * Camel's adapters of synchronous processors complete the exchange before they throw an error. Thread-safe.
     */
    private static final class Completion implements AsyncCallback {
        private final AsyncCallback callback;
        private boolean hasReturned;
        private boolean isHeld;
        private boolean isDone;

        Completion(AsyncCallback callback) {
            this.callback = callback;
        }

        @Override
        public void done(boolean isSynchronous) {
            if (isToPass(isSynchronous)) {
                callback.done(isSynchronous);
            }
        }

        private synchronized boolean isToPass(boolean isSynchronous) {
            if (isSynchronous && !hasReturned) {
                isHeld = true;
                return false;
            }
            return claim();
        }

        void returned() {
            if (isHeldCompletion()) {
                callback.done(true);
            }
        }

        private synchronized boolean isHeldCompletion() {
            hasReturned = true;
            return isHeld && claim();
        }

        /** Returns whether no completion was passed on before. Later completions are not passed on. */
        synchronized boolean claim() {
            boolean wasOpen = !isDone;
            isDone = true;
            return wasOpen;
        }
    }
}
