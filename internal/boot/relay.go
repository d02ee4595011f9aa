package boot

import (
	"context"
	"crypto/rand"
	"log/slog"
	"time"

	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// bellSize is how many wake-ups wait for the relay; a scan finds what does not
// fit.
const bellSize = 1024

// Followed is how far what follows from the journal has come.
type Followed = relay.SubscriberStatus

// newRelay returns what follows the journal of a store.
func newRelay(s store.Store, now func() time.Time, log *slog.Logger) *relay.Relay {
	return relay.New(relay.Options{
		Store: s, Now: now, Entropy: rand.Reader, Logger: log,
		Subscribers: relay.Subscriptions(s, now, rand.Reader),
	})
}

// RelayStatus tells how far a data folder's journals are followed.
func RelayStatus(ctx context.Context, dataDir string) (status []Followed, err error) {
	err = opened(ctx, dataDir, func(app *App) (err error) {
		status, err = app.relay.Status(ctx)
		return err
	})
	return status, err
}

// RelayReplay has a subscriber take in the journal of an aggregate again.
func RelayReplay(ctx context.Context, dataDir, subscriber, aggregate string) error {
	return opened(ctx, dataDir, func(app *App) error { return app.relay.Replay(ctx, subscriber, aggregate) })
}

// RelayRebuild makes anew what a subscriber keeps, also while a server runs. It
// returns how many aggregates it followed.
func RelayRebuild(ctx context.Context, dataDir, subscriber string) (aggregates int, err error) {
	err = opened(ctx, dataDir, func(app *App) (err error) {
		aggregates, err = app.relay.Rebuild(ctx, subscriber)
		return err
	})
	return aggregates, err
}

// VerifyAnchors holds a data folder against anchors that were kept outside.
func VerifyAnchors(ctx context.Context, dataDir string, days []tracker.AnchorDay) (report tracker.AnchorReport, err error) {
	err = opened(ctx, dataDir, func(app *App) (err error) {
		report, err = tracker.VerifyAnchors(ctx, app.Store, days)
		return err
	})
	return report, err
}
