package io.wadi.runtime.health;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;

/**
 * A filter of {@code logback.xml} that ends the process at fatal errors which libraries catch and only log, as Netty's event
 * loops and Kafka's producer do. It sees what is logged at any level, before an event is allocated for it; it drops nothing.
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
