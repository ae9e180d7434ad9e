"""Finding a resident at the desk."""

from __future__ import annotations

import pytest

from communities.selectors import find_residents
from tests.factories.people import make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(jinshan, xincheng):
    names = ["单小明", "仇英", "解晓东", "曾国强", "欧阳娜娜", "张秀兰", "张伟", "吕布", "Maria Lopez"]
    made = {name: make_resident(jinshan, name, phone=f"+86138001380{at:02d}") for at, name in enumerate(names)}
    make_resident(xincheng, "张外人", phone="+8613800138000")
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("单小明", ["单小明"]),
        ("张", ["张秀兰", "张伟"]),
        ("秀兰", ["张秀兰"]),
        ("张 伟", ["张伟"]),
        ("shan", ["单小明"]),
        ("danxm", []),
        ("dan", ["单小明"]),
        ("sxm", ["单小明"]),
        ("qiu", ["仇英"]),
        ("xie xiaodong", ["解晓东"]),
        ("XXD", ["解晓东"]),
        ("zeng", ["曾国强"]),
        ("zgq", ["曾国强"]),
        ("ceng", ["曾国强"]),
        ("ouyang", ["欧阳娜娜"]),
        ("zhang", ["张秀兰", "张伟"]),
        ("zxl", ["张秀兰"]),
        ("lv", ["吕布"]),
        ("lü", ["吕布"]),
        ("maria", ["Maria Lopez"]),
        ("8003", ["曾国强"]),
        ("１３８００１３８００３", ["曾国强"]),
        ("138 0013 8003", ["曾国强"]),
        ("0007", ["张伟"]),
        ("7", ["张伟"]),
        ("803", []),
        ("nobody", []),
        ("|", []),
        ("%", []),
    ],
)
def test_by(jinshan, people, typed, found):
    assert [one.full_name for one in find_residents(community=jinshan, query=typed)] == found


def test_by_the_passbooks_code_alone_or_as_an_address(jinshan, xincheng, people):
    resident = people["张秀兰"]
    token = resident.passbook_token
    for typed in (token, f"https://time.example.org/c/jinshan/people/passbook/{token}/", f" {token} "):
        assert list(find_residents(community=jinshan, query=typed)) == [resident]
        assert not find_residents(community=xincheng, query=typed).exists()


def test_nothing_typed_finds_all_of_the_community(jinshan, people):
    assert find_residents(community=jinshan, query="  ").count() == len(people)


def test_who_left_is_not_found(jinshan, people, now):
    people["张伟"].left_at = now
    people["张伟"].save()
    assert not find_residents(community=jinshan, query="张伟").exists()


def test_the_page_finds(jinshan, people, zhou, client_for):
    page = client_for(zhou).get("/c/jinshan/people/", {"q": "sxm"}).content.decode()
    assert "单小明" in page
    assert "张秀兰" not in page
    assert (
        client_for(zhou).get("/c/jinshan/people/", {"q": "x" * 5000, "show": "nonsense", "page": "-3"}).status_code
        == 200
    )
    assert client_for(zhou).get("/c/jinshan/people/", {"show": "young"}).status_code == 200


@pytest.mark.parametrize("part", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("asked", [{"q": "x" * 3000}, {"q": "", "show": "x"}])
def test_what_cannot_be_looked_for_finds_nobody_and_is_said(asked, part, people, zhou, client_for):
    client = client_for(zhou)
    client.cookies["django_language"] = "en"
    page = client.get("/c/jinshan/people/", asked, headers=part).content.decode()
    assert "张秀兰" not in page
    assert ("at most 300 characters" if asked["q"] else "Please choose one of those shown.") in page
