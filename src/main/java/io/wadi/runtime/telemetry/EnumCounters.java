package io.wadi.runtime.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.wadi.runtime.config.Units;
import java.util.EnumMap;
import java.util.Map;

/**
 * The counters of a meter, one for each constant of an enum. A tag has the constant's name in lower case with hyphens.
 * All counters are registered at once, so that each is 0 before its first event. Thread-safe.
 */
public final class EnumCounters<E extends Enum<E>> {
    private final Map<E, Counter> counters;

    /**
     * Registers the counters.
     *
     * @param tag the name of the tag that has the constant
     * @param meter the counter with its name, description and registry
     */
    public EnumCounters(Class<E> type, String tag, MeterProvider<Counter> meter) {
        counters = new EnumMap<>(type);
        for (E each : type.getEnumConstants()) {
            counters.put(each, meter.withTag(tag, Units.word(each)));
        }
    }

    public void increment(E constant) {
        counters.get(constant).increment();
    }
}
