package io.wadi.ingest.limits;

/**
 * The number of events that a client may send.
 *
 * @param perSecond sustained events per second; 0 for no limit
 * @param burst maximum events at once after a pause
 */
public record Rate(long perSecond, long burst) {
    /** No limit. */
    public static final Rate UNLIMITED = new Rate(0, 0);

    /** Returns a rate; a burst of 0 means the events of one second. */
    public static Rate of(long perSecond, long burst) {
        return new Rate(perSecond, burst == 0 ? perSecond : burst);
    }

    public boolean isUnlimited() {
        return perSecond == 0;
    }
}
