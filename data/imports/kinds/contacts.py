"""Contact sheets (联系人表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.customers import Contact
from models.enums import SheetKind

SPEC = Spec(
    kind=SheetKind.CONTACTS,
    label="Contacts",
    roles=permission.EVERYBODY,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        Field(
            "contact_name",
            "Contact",
            "contact_name|联系人|联系人姓名|姓名|contact|name",
            texts.text(60),
            required=True,
            examples=("张伟", "王芳"),
        ),
        parts.note("title", "Contact's title", 60, "title|职务|职位", example="采购经理"),
        Field(
            "phone",
            "Telephone",
            "phone|电话|手机|联系电话|联系人电话|telephone",
            texts.phone(),
            examples=("13800138000", ""),
        ),
        parts.email("email", "email|邮箱|电子邮箱|电子邮件"),
        Field(
            "decides",
            "Decides",
            "decides|决策人|是否决策人",
            values.flag,
            "flag",
            examples=("是", "否"),
        ),
        parts.note("note", "Note", 400, "note|备注|remark"),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER,),
    targets=(
        Target(
            Contact,
            "contact_id",
            {"customer_id": "customer_id", "name": "contact_name", "phone": "phone"},
            {"title": "title", "email": "email", "decides": "decides", "note": "note"},
            updatable=frozenset({"title", "email", "decides", "note"}),
        ),
    ),
    facts=False,
)
