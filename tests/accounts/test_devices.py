"""A session's device in words that its owner knows."""

import pytest
from django.utils import translation

from accounts.devices import device_name

HUAWEI = (
    "Mozilla/5.0 (Linux; Android 12; LIO-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0 "
    "Mobile Safari/537.36 MicroMessenger/8.0.37 NetType/WIFI"
)
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        (HUAWEI, "WeChat · Android phone", "微信·安卓手机"),
        (WINDOWS, "Chrome · Windows computer", "Chrome·Windows 电脑"),
        (WINDOWS + " Edg/120.0", "Edge · Windows computer", "Edge·Windows 电脑"),
        (PHONE, "Safari · iPhone", "Safari·iPhone"),
        ("", "unknown browser", "未知浏览器"),
        ("<script>", "unknown browser", "未知浏览器"),
    ],
)
def test_named(line, english, chinese):
    with translation.override("en"):
        assert device_name(line) == english
    with translation.override("zh-hans"):
        assert device_name(line) == chinese
