"""The invented group's fixed facts: lines, plants, regions, teams and the calendar they keep."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

ZONE = dt.timezone(dt.timedelta(hours=8))
#: 2026 days off by the State Council's notice of 4 November 2025, as in calendar.yaml; Sundays are off anyway.
HOLIDAYS = frozenset(
    dt.date(2026, month, day)
    for month, days in {
        1: (1, 2, 3),
        2: (16, 17, 18, 19, 20, 21, 23),
        4: (4, 6),
        5: (1, 2, 4, 5),
        6: (19, 20),
        9: (25, 26),
        10: (1, 2, 3, 5, 6, 7),
    }.items()
    for day in days
)
#: Sundays that work to make up for them.
MAKE_UP = frozenset({dt.date(2026, 1, 4), dt.date(2026, 9, 20)})


def works(date: dt.date) -> bool:
    """Whether the group works on a date.

    >>> works(dt.date(2026, 3, 15)), works(dt.date(2026, 9, 20))
    (False, True)
    """
    return date in MAKE_UP or (date.weekday() != 6 and date not in HOLIDAYS)


@dataclass(frozen=True, slots=True)
class Line:
    """A production line: `cycle_s` is the standard time of a piece, `oee` and `first_pass` what it usually reaches."""

    id: str
    plant: str
    stage: str
    product: str
    cycle_s: float
    unit_value: float
    oee: float
    first_pass: float
    #: The chance of a stop within six minutes.
    stops: float


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant's meter and shipping: kWh per quarter of an hour, orders an hour, pieces an order, share on time."""

    id: str
    kwh: float
    deliveries: float = 0.0
    pieces: int = 0
    on_time: float = 1.0


@dataclass(frozen=True, slots=True)
class Region:
    """A sales region: its share of invoices and orders, the size of its orders against plan, its new customers."""

    id: str
    share: float
    orders: float
    new_customers: float


LINES = (
    Line("cast-1", "casting", "part", "泵体铸件", 24.0, 280.0, 0.775, 0.968, 0.04),
    Line("cast-2", "casting", "part", "阀体铸件", 24.0, 280.0, 0.760, 0.962, 0.05),
    Line("cast-3", "casting", "part", "端盖铸件", 24.0, 280.0, 0.730, 0.956, 0.07),
    Line("mach-1", "machining", "part", "传动轴", 30.0, 500.0, 0.810, 0.985, 0.03),
    Line("mach-2", "machining", "part", "壳体", 30.0, 500.0, 0.790, 0.980, 0.03),
    Line("mach-3", "machining", "part", "齿轮", 30.0, 500.0, 0.785, 0.981, 0.04),
    Line("hyd-pump", "hydraulics", "module", "柱塞泵 H7", 60.0, 1200.0, 0.805, 0.982, 0.03),
    Line("hyd-valve", "hydraulics", "module", "多路阀 V5", 60.0, 1200.0, 0.815, 0.987, 0.02),
    Line("hyd-cylinder", "hydraulics", "module", "油缸 C3", 60.0, 1200.0, 0.815, 0.987, 0.02),
    Line("asm-1", "assembly", "final", "装载机", 163.0, 5600.0, 0.812, 0.974, 0.03),
    Line("asm-2", "assembly", "final", "挖掘机", 163.0, 5600.0, 0.762, 0.964, 0.07),
    Line("asm-3", "assembly", "final", "叉车", 163.0, 5600.0, 0.802, 0.972, 0.04),
)
PLANTS = (
    Plant("casting", 1290.0),
    Plant("machining", 455.0),
    Plant("hydraulics", 500.0, deliveries=8.0, pieces=36, on_time=0.985),
    Plant("assembly", 345.0, deliveries=12.0, pieces=9, on_time=0.926),
)
REGIONS = (
    Region("east", 0.34, 0.86, 0.13),
    Region("south", 0.24, 0.98, 0.15),
    Region("north", 0.18, 0.95, 0.12),
    Region("west", 0.12, 0.90, 0.14),
    Region("overseas", 0.12, 0.96, 0.14),
)
LABS = ("rnd-hydraulic", "rnd-control", "rnd-vehicle")
INSPECTIONS = ("qa-incoming", "qa-final")
SERVICE_TEAMS = ("svc-hotline", "svc-field", "svc-parts")
STOP_REASONS = ("缺料", "设备故障", "模具更换", "质量待判", "能源中断")
#: Who sees to a stop.
STOP_OWNERS = {"缺料": "孙浩", "设备故障": "周伟", "模具更换": "吴敏", "质量待判": "何静", "能源中断": "秦勇"}
SLOW_REASONS = {
    "part": ("刀具磨损", "模温偏高", "缺员 1 人"),
    "module": ("试压台节拍 +18%", "来料不齐", "清洗机排队"),
    "final": ("缺员 2 人", "拧紧工位排队", "来料不齐"),
}
FOREMEN = {"casting": "丁勇", "machining": "谢军", "hydraulics": "赵敏", "assembly": "王海"}
#: Who changes lines over.
TOOLING = "吴敏"
#: The models that a line makes, an order at a time.
MODELS = {
    "cast-1": ("泵体 H7", "泵体 H9"),
    "cast-2": ("阀体 V5", "阀体 V8"),
    "cast-3": ("端盖 C3", "端盖 C4"),
    "mach-1": ("传动轴 T20", "传动轴 T32"),
    "mach-2": ("壳体 K6", "壳体 K8"),
    "mach-3": ("齿轮 G18", "齿轮 G24"),
    "hyd-pump": ("柱塞泵 H7-90", "柱塞泵 H7-120"),
    "hyd-valve": ("多路阀 V5-16", "多路阀 V5-32"),
    "hyd-cylinder": ("油缸 C3-80", "油缸 C3-125"),
    "asm-1": ("装载机 L50", "装载机 L65"),
    "asm-2": ("挖掘机 E215", "挖掘机 E320"),
    "asm-3": ("叉车 F30", "叉车 F50"),
}
CUSTOMERS = ("华岳重工", "北辰起重", "中澜港机", "东屿矿机", "远洋船配", "昆岭路桥", "海澄物流", "青禾农机")
COMPLAINTS = ("密封渗漏", "异响", "外观磕碰", "装配错漏")
