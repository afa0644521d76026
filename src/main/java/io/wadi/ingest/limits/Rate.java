package io.wadi.ingest.limits;

/**
 * How much one client may send.
 *
 * @param perSecond events a second in the long run; 0 for no limit
 * @param burst events at once, after a rest
 */
public record Rate(long perSecond, long burst) {
    /** No limit. */
    public static final Rate UNLIMITED = new Rate(0, 0);

    /** A rate with a burst of its own or, where that is 0, of one second. */
    public static Rate of(long perSecond, long burst) {
        return new Rate(perSecond, burst == 0 ? perSecond : burst);
    }

    public boolean isUnlimited() {
        return perSecond == 0;
    }
}
