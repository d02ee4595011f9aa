package tracker

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// EvidenceRef names evidence of a milestone.
type EvidenceRef struct {
	Award     ident.Award
	Milestone ident.Milestone
	Evidence  ident.Evidence
}

func (r EvidenceRef) key() store.Key { return schema.EvidenceKey(r.Award, r.Milestone, r.Evidence) }

// content is where the file of a piece of evidence is kept: a space of its own,
// so that knowing a hash opens nobody else's file, and erasing one leaves theirs.
func (t *Tracker) content(e ident.Evidence) blob.Store { return t.blobs.In(string(e)) }

// limits are the configured sizes and types as the domain sees them.
func (t *Tracker) limits() award.FileLimits {
	l := award.FileLimits{MaxSize: t.files.MaxSize}
	for kind := range t.files.Types {
		l.MediaTypes = append(l.MediaTypes, kind)
	}
	return l
}

// AnnounceEvidence fixes size and hash of a file before it is sent. An
// announcement is no event: nothing has happened before the file is there.
// Items: evidence, head, journal, key.
func (t *Tracker) AnnounceEvidence(ctx context.Context, c Call, ref MilestoneRef, in award.File) (Receipt, error) {
	return t.onMilestone(ctx, c, "announceEvidence", ref, access.AddEvidence, func(aw *awardWork, m award.Milestone) error {
		if err := t.files.CheckName(in.MediaType, in.FileName); err != nil {
			return err
		}
		id, err := aw.id(ident.PrefixEvidence)
		if err != nil {
			return err
		}
		in.ID = ident.Evidence(id)
		if in.Supersedes != "" {
			if err := aw.refer(evidenceReference("/supersedes", ref, in.Supersedes)); err != nil {
				return err
			}
		}
		already, err := t.evidenceOf(ctx, ref)
		if err != nil {
			return err
		}
		e, err := award.Announce(aw.actor, m, already, in, t.limits(), aw.at)
		if err != nil {
			return err
		}
		return aw.put(id, schema.EvidenceRecord(e), "evidence.announced", nil)
	})
}

// SendEvidence receives an announced file. What differs from the announcement
// in size, hash or type is refused and not kept. It changes no state: see
// ConfirmEvidence.
func (t *Tracker) SendEvidence(ctx context.Context, c Call, ref EvidenceRef, r io.Reader) error {
	e, err := t.announced(ctx, c, ref)
	if err != nil {
		return err
	}
	buffered := bufio.NewReaderSize(r, blob.HeadBytes)
	head, err := buffered.Peek(blob.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return fault.Wrap(err, "request.cancelled")
	}
	if err := t.files.CheckType(e.MediaType, head, e.FileName); err != nil {
		return err
	}
	return t.content(ref.Evidence).Put(ctx, blob.Announcement{SHA256: e.SHA256, Size: e.Size, MediaType: e.MediaType}, buffered)
}

// EvidenceTicket lets the caller send an announced file straight to the
// storage; nil where the storage takes files from this program alone.
func (t *Tracker) EvidenceTicket(ctx context.Context, c Call, ref EvidenceRef) (*blob.Ticket, error) {
	e, err := t.announced(ctx, c, ref)
	if err != nil {
		return nil, err
	}
	ticket, err := t.content(ref.Evidence).Ticket(ctx, blob.Announcement{SHA256: e.SHA256, Size: e.Size, MediaType: e.MediaType})
	if errors.Is(err, blob.ErrNoTickets) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return ticket, err
}

// announced reads evidence that the caller may send.
func (t *Tracker) announced(ctx context.Context, c Call, ref EvidenceRef) (award.Evidence, error) {
	e, err := t.evidenceFor(ctx, c, access.AddEvidence, ref)
	if err != nil {
		return e, err
	}
	if e.StateAt(t.now()) != award.Announced {
		return e, fault.New(fault.Conflict, "evidence.notAnnounced", "state", string(e.StateAt(t.now())))
	}
	return e, nil
}

// onEvidence runs a command on evidence of an award.
func (t *Tracker) onEvidence(ctx context.Context, c Call, command string, ref EvidenceRef, a access.Action, decide func(*awardWork, award.Evidence) error) (Receipt, error) {
	milestone := MilestoneRef{ref.Award, ref.Milestone}.key()
	return t.onAward(ctx, c, command, ref.Award, a, access.KindEvidence, string(ref.Evidence), []store.Key{ref.key(), milestone}, func(aw *awardWork) error {
		e, err := must[award.Evidence](aw.work, ref.key(), schema.TypeEvidence)
		if err != nil {
			return err
		}
		if err := aw.match(ref.key()); err != nil {
			return err
		}
		aw.check(milestone)
		return decide(aw, e)
	})
}

// ConfirmEvidence makes evidence of a file that was received whole. One that
// supersedes another ends that. Items: evidence, head, journal, key, and the
// superseded one; checks: the milestone.
func (t *Tracker) ConfirmEvidence(ctx context.Context, c Call, ref EvidenceRef) (Receipt, error) {
	return t.onEvidence(ctx, c, "confirmEvidence", ref, access.AddEvidence, func(aw *awardWork, e award.Evidence) error {
		info, err := t.received(ctx, e)
		if err != nil {
			return err
		}
		next, err := e.Confirm(info.Size, info.SHA256, aw.at)
		if err != nil {
			return err
		}
		if err := aw.put(string(e.ID), schema.EvidenceRecord(next), "evidence.confirmed", fileEvent(next)); err != nil {
			return err
		}
		if e.Supersedes == "" {
			return nil
		}
		old, err := must[award.Evidence](aw.work, schema.EvidenceKey(ref.Award, ref.Milestone, e.Supersedes), schema.TypeEvidence)
		if err != nil {
			return err
		}
		if old, err = old.Supersede(next); err != nil {
			return err
		}
		return aw.put(string(old.ID), schema.EvidenceRecord(old), "evidence.superseded", fileEvent(old))
	})
}

// received is what the storage has of an announced file. What was sent straight
// to the storage has not been looked at: that it begins as its type does is
// checked here.
func (t *Tracker) received(ctx context.Context, e award.Evidence) (blob.Info, error) {
	content, info, err := t.content(e.ID).Open(ctx, e.SHA256)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return info, fault.New(fault.Conflict, "evidence.notReceived")
	}
	if err != nil {
		return info, err
	}
	defer func() { _ = content.Close() }() // it was only read
	head := make([]byte, blob.HeadBytes)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return info, fault.Wrap(err, blob.CodeFailed)
	}
	return info, t.files.CheckType(e.MediaType, head[:n], e.FileName)
}

// AskEraseEvidence asks that the bytes of evidence be erased. Items: evidence,
// head, journal, key; checks: the milestone.
func (t *Tracker) AskEraseEvidence(ctx context.Context, c Call, ref EvidenceRef, in Reason) (Receipt, error) {
	return t.onEvidence(ctx, c, "askEraseEvidence", ref, access.EraseEvidence, func(aw *awardWork, e award.Evidence) error {
		next, err := e.AskErase(aw.actor, in.Reason)
		if err != nil {
			return err
		}
		told := fileEvent(next)
		told.Reason = in.Reason
		return aw.put(string(e.ID), schema.EvidenceRecord(next), "evidence.eraseAsked", told)
	})
}

// EraseEvidence erases the bytes that another person asked to have erased;
// hash, name and reason stay. Asked again, it makes sure that they are gone.
// Items as asking.
func (t *Tracker) EraseEvidence(ctx context.Context, c Call, ref EvidenceRef) (Receipt, error) {
	receipt, err := t.onEvidence(ctx, c, "eraseEvidence", ref, access.EraseEvidence, func(aw *awardWork, e award.Evidence) error {
		next, err := e.Erase(aw.actor)
		if err != nil {
			return err
		}
		return aw.put(string(e.ID), schema.EvidenceRecord(next), "evidence.erased", fileEvent(next))
	})
	if err != nil && fault.CodeOf(err) != "move.illegal" {
		return receipt, err
	}
	return receipt, cmp.Or(t.removeErased(ctx, ref), err)
}

// removeErased removes the bytes of evidence that is erased.
func (t *Tracker) removeErased(ctx context.Context, ref EvidenceRef) error {
	items, err := t.store.Get(ctx, ref.key())
	if err != nil {
		return storeFault(err)
	}
	if items[0] == nil {
		return errNotFound()
	}
	e, err := schema.Decode[award.Evidence](*items[0], schema.TypeEvidence)
	if err != nil || e.State != award.Erased {
		return err
	}
	return t.content(ref.Evidence).Remove(ctx, e.SHA256)
}

// EvidenceContent is a file of evidence; the caller closes Content.
type EvidenceContent struct {
	Evidence award.Evidence
	Content  io.ReadSeekCloser
}

// OpenEvidence returns the bytes of confirmed or superseded evidence.
func (t *Tracker) OpenEvidence(ctx context.Context, c Call, ref EvidenceRef) (EvidenceContent, error) {
	e, err := t.readable(ctx, c, ref)
	if err != nil {
		return EvidenceContent{}, err
	}
	content, _, err := t.content(ref.Evidence).Open(ctx, e.SHA256)
	return EvidenceContent{Evidence: e, Content: content}, err
}

// EvidenceLink returns an address from which the bytes of evidence come for a
// minute without this program, as an attachment under a safe name; "" where the
// storage gives none. Whoever may open the evidence may have it.
func (t *Tracker) EvidenceLink(ctx context.Context, c Call, ref EvidenceRef) (string, error) {
	e, err := t.readable(ctx, c, ref)
	if err != nil {
		return "", err
	}
	content := t.content(ref.Evidence)
	if _, err := content.Stat(ctx, e.SHA256); err != nil {
		return "", err
	}
	link, err := content.Link(ctx, e.SHA256, e.MediaType, blob.Disposition(e.FileName))
	if errors.Is(err, blob.ErrNoTickets) {
		return "", nil
	}
	return link, err
}

// readable reads evidence whose bytes the caller may have.
func (t *Tracker) readable(ctx context.Context, c Call, ref EvidenceRef) (award.Evidence, error) {
	e, err := t.evidenceFor(ctx, c, access.ViewEvidence, ref)
	if err != nil {
		return e, err
	}
	if e.State != award.Confirmed && e.State != award.Superseded {
		return e, fault.New(fault.Conflict, "evidence.noContent", "state", string(e.State))
	}
	return e, nil
}

// evidenceFor reads evidence on which the caller may do an action.
func (t *Tracker) evidenceFor(ctx context.Context, c Call, action access.Action, ref EvidenceRef) (award.Evidence, error) {
	items, err := t.store.Get(ctx, schema.RootKey(string(ref.Award)), ref.key())
	if err != nil {
		return award.Evidence{}, storeFault(err)
	}
	if items[0] == nil || items[1] == nil {
		return award.Evidence{}, errNotFound()
	}
	a, err := decodeAward(*items[0])
	if err != nil {
		return award.Evidence{}, err
	}
	r := awardResource(a)
	r.Kind, r.ID = access.KindEvidence, string(ref.Evidence)
	if err := t.authority.Require(c.Principal, action, r); err != nil {
		return award.Evidence{}, err
	}
	return schema.Decode[award.Evidence](*items[1], schema.TypeEvidence)
}
