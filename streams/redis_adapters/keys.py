"""Every Redis key, defined once.

All keys of one partition carry the hash tag `{SITE/PARTITION}`, so that on a cluster they share a slot and one script
can touch them; keys of a whole site carry `{SITE}`. GENERATION changes when counting definitions change.

kpiwall:{S/P}:GEN:state       hash    position, log_ms, newest_ms and the counts of what became of records
kpiwall:{S/P}:GEN:days        set     business days (YYYYMMDD) that have counters, as `day:operation`
kpiwall:{S/P}:GEN:DAY:OP      hash    counters of a business day under one operation (add, min, max, last), or rows of
                                      tables whose events lie in it, by `table|key` (row)
kpiwall:{S/P}:GEN:ids:N       list    packed event ids of bucket N of the duplicate window
kpiwall:{S/P}:GEN:idbuckets   set     the N that exist
kpiwall:{S/P}:GEN:moved       stream  the increments of recent batches, for the scorer
kpiwall:{S/P}:GEN:dead        stream  dead letters
kpiwall:{S}:log:P             stream  the embedded log: partition P (of the events, or of the journal)
kpiwall:{S}:readers           hash    member: how the ingest process does, as JSON
kpiwall:{S}:readers:GROUP     zset    members of a group of the embedded log by time of last heartbeat
kpiwall:{S}:model             hash    the model in force: json, version, generation, applied_ms, author, reason,
                                      number and position in the history, former (the generation before this one)
kpiwall:{S}:next              hash    the model whose counters are being filled, with the same fields
kpiwall:{S}:generations       zset    generations that may have counters, by the time a model last asked for them
kpiwall:{S}:clock             hash    business time: event_ms at real_ms, speed (absent: real time)
kpiwall:{S}:board             hash    version, as_of_ms, model_version of the last board
kpiwall:{S}:board:PART        hash    the last board's items (kpis, units, series, ...), encoded by item
kpiwall:{S}:board:changes     stream  recent changes of the board
kpiwall:{S}:scorer            string  lease of the scorer that publishes
kpiwall:{S}:pins              hash    the KPIs that each account pinned on its phone, as JSON
kpiwall:{S}:standup:UNIT      string  where the running stand-up of a unit stands, as JSON
kpiwall:{S}:followup:told     zset    what people were told of notes and actions, by when (business ms)
kpiwall:{S}:alerts            hash    alerts that are pending or stand, by `rule|unit|kpi`
kpiwall:{S}:alerts:memory     string  what rules about changes remember
kpiwall:{S}:alerts:cases      hash    what people were told of alerts whose end was not told yet, by the alert's id
kpiwall:{S}:alerts:records    hash    alerts that fired, with what happened to them, by id
kpiwall:{S}:alerts:times      zset    their ids by when they fired (business ms)
kpiwall:{S}:alerts:changes    stream  word to servers and the alert service: something is new of these alerts
kpiwall:{S}:alerts:lease      string  lease of the alert service that works
kpiwall:{S}:alerts:figures    string  how the alert service does, as JSON
kpiwall:{S}:outbox:messages   hash    messages that are to be sent: id to JSON
kpiwall:{S}:outbox:known      zset    ids that were added lately, by when (real ms), so that none is added twice
kpiwall:{S}:outbox:lane:L     list    ids in the order of one channel and recipient, L being CHANNEL|RECIPIENT
kpiwall:{S}:outbox:due:C      zset    lanes of channel C by when they may be tried next, or until when they are taken
kpiwall:{S}:outbox:heads      hash    lane: who sends its first messages, how many, and how often that failed, as JSON
kpiwall:{S}:outbox:sent:C     list    when channel C sent lately, for its limit
kpiwall:{S}:outbox:paused     hash    channel: until when it rests because its receiver asked for it
kpiwall:{S}:outbox:counts     hash    CHANNEL|OUTCOME: how many messages had it
kpiwall:{S}:outbox:log        stream  the delivery log: a line for each attempt
kpiwall:{S}:screens:codes     hash    open pairing codes: code to JSON of its claim's hash, address, expiry and state
kpiwall:{S}:screens:beats     hash    last heartbeat of each screen, as JSON
kpiwall:{S}:screens:remotes   hash    what remotes wish, as `SCREEN:field`; `:move` is meant for all
kpiwall:{S}:screens:changes   stream  word to all servers: the journal or a remote of a screen has news
kpiwall:{S}:screens:silent    hash    screens that were reported silent, since when
kpiwall:{S}:people:session:H  string  the session whose id has the SHA-256 H, as JSON; it goes when it runs out
kpiwall:{S}:people:sessions:A zset    hashes of the sessions of account A, by when they began
kpiwall:{S}:people:tokens     hash    API token: when it was used last
kpiwall:{S}:people:tries:WHO  hash    attempts to sign in, by name, by address and by both: count, free_ms
kpiwall:{S}:people:setup      hash    SHA-256 of the code with which the first account is made
kpiwall:{S}:people:underway:N string  what a sign-in at a provider must find again, for some minutes
kpiwall:{S}:people:tally:N    string  how often the same was refused within ten minutes, by the hash of what and whom
"""

from __future__ import annotations


class SiteKeys:
    """Keys of a whole site."""

    def __init__(self, site: str) -> None:
        root = f"kpiwall:{{{site}}}"
        self.site = site
        self.model = f"{root}:model"
        self.next = f"{root}:next"
        self.generations = f"{root}:generations"
        self.clock = f"{root}:clock"
        self.board = f"{root}:board"
        self.board_changes = f"{root}:board:changes"
        self.reports = f"{root}:readers"
        self.scorer = f"{root}:scorer"
        self.pins = f"{root}:pins"
        self.followup_told = f"{root}:followup:told"
        self.alerts = f"{root}:alerts"
        self.alert_memory = f"{root}:alerts:memory"
        self.alert_cases = f"{root}:alerts:cases"
        self.alert_records = f"{root}:alerts:records"
        self.alert_times = f"{root}:alerts:times"
        self.alert_changes = f"{root}:alerts:changes"
        self.alert_lease = f"{root}:alerts:lease"
        self.alert_figures = f"{root}:alerts:figures"
        self.outbox = f"{root}:outbox"
        self.screen_codes = f"{root}:screens:codes"
        self.screen_beats = f"{root}:screens:beats"
        self.screen_remotes = f"{root}:screens:remotes"
        self.screen_changes = f"{root}:screens:changes"
        self.screens_silent = f"{root}:screens:silent"
        self.tokens_used = f"{root}:people:tokens"
        self.setup = f"{root}:people:setup"
        self._root = root

    def board_part(self, part: str) -> str:
        """The items of one part of the board."""
        return f"{self.board}:{part}"

    def log(self, partition: str) -> str:
        """One partition of the embedded log."""
        return f"{self._root}:log:{partition}"

    def standup(self, unit: str) -> str:
        """Where the running stand-up of a unit stands."""
        return f"{self._root}:standup:{unit}"

    def session(self, hash_of_id: str) -> str:
        """A session."""
        return f"{self._root}:people:session:{hash_of_id}"

    def sessions_of(self, account: str) -> str:
        """The sessions of an account."""
        return f"{self._root}:people:sessions:{account}"

    def attempts(self, whose: str) -> str:
        """The attempts counted under a name."""
        return f"{self._root}:people:tries:{whose}"

    def underway(self, name: str) -> str:
        """What a sign-in under way must find again."""
        return f"{self._root}:people:underway:{name}"

    def tally(self, name: str) -> str:
        """How often something happened lately."""
        return f"{self._root}:people:tally:{name}"

    def readers(self, group: str) -> str:
        """The members of a group of the embedded log."""
        return f"{self._root}:readers:{group}"


class PartitionKeys:
    """Keys of one partition's counters in one generation."""

    def __init__(self, site: str, partition: str, generation: str) -> None:
        root = f"kpiwall:{{{site}/{partition}}}:{generation}"
        self.state = f"{root}:state"
        self.days = f"{root}:days"
        self.id_buckets = f"{root}:idbuckets"
        self.moved = f"{root}:moved"
        self.dead = f"{root}:dead"
        self._root = root

    def day(self, day: str, operation: str) -> str:
        """Counters of a business day under one operation."""
        return f"{self._root}:{day}:{operation}"

    def ids(self, bucket: int) -> str:
        """Event ids of one bucket of the duplicate window."""
        return f"{self._root}:ids:{bucket}"
