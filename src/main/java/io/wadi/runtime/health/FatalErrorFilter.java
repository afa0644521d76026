package io.wadi.runtime.health;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;

/**
 * A Logback filter that ends the process on fatal errors that libraries catch and only log, such as Netty's event loops and Kafka's
 * producer. It sees log calls of all levels before an event is allocated; it drops none.
 */
public final class FatalErrorFilter extends TurboFilter {
    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable thrown) {
        if (thrown != null) {
            FatalErrors.endOn(thrown);
        } else if (params != null && params.length > 0 && params[params.length - 1] instanceof Throwable last) {
            FatalErrors.endOn(last);
        }
        return FilterReply.NEUTRAL;
    }
}
