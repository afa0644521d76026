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

/**
 * Treats an {@code Error} of a route's step as an exception of its exchange, so that the route's error handler handles it.
 * Camel catches exceptions only: an error would end the thread of a consumer, or leave the exchange uncompleted.
 * {@link FatalErrors} end the process.
 */
public final class StepErrors implements InterceptStrategy {
    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor next) {
        return new Step(AsyncProcessorConverterHelper.convert(target));
    }

    private static final class Step extends DelegateAsyncProcessor implements WrapAwareProcessor {
        Step(AsyncProcessor target) {
            super(target);
        }

        /** Otherwise Camel adds a processor that returns it. */
        @Override
        public Processor getWrapped() {
            return processor;
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            try {
                return processor.process(exchange, callback);
            } catch (Error e) {
                FatalErrors.endOn(e);
                exchange.setException(e);
                callback.done(true);
                return true;
            }
        }
    }
}
