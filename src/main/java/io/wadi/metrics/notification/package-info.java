/**
 * Tells Alertmanagers which alerts fire and which are over: what stands in the alerts' topic, in the form of Alertmanager's
 * API v2 ({@code POST /api/v2/alerts}).
 *
 * <p>Alertmanager forgets what it is not told again, and takes equal alerts as one. So nothing has to be kept of what was
 * told: whoever starts reads the topic and tells all of it, now and at intervals, and any number of processes may do so.
 */
package io.wadi.metrics.notification;
